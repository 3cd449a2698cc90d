"""The forms that set or end the session cookie, as a browser posts them."""

from __future__ import annotations

from http.cookies import SimpleCookie
from urllib.parse import urlencode

import httpx
import pytest

from supportdesk import cookies, routes
from supportdesk.demo.load import PASSWORD
from supportdesk.domain.commands import sessions, setup
from supportdesk.domain.queries.sessions import viewer_for
from tests.api.conftest import client
from tests.api.test_paths import EVIL, OWN

BEA = {"email": "bea@demo.test", "password": PASSWORD}
NORA = {"name": "Nora", "email": "nora@demo.test", "password": "a lamp that flickers"}
LINKS = [routes.POST_INVITE, routes.POST_RESET_PASSWORD]
DOORS = [routes.POST_LOGIN, routes.POST_SIGNUP, routes.POST_SETUP, *LINKS]
FORMS = [*DOORS, routes.POST_LOGOUT]


def cookie(response: httpx.Response, name: str):
    """The cookie as the answer sets it, or None."""
    for header in response.headers.get_list("set-cookie"):
        if morsel := SimpleCookie(header).get(name):
            return morsel
    return None


def refused(response: httpx.Response) -> dict[str, str]:
    """What a refused form is sent back with."""
    assert response.status_code == 303
    assert cookie(response, cookies.SESSION) is None
    return cookies.unpack_form(f"{cookies.FORM}={cookie(response, cookies.FORM).value}")


# Signing in.


async def test_signing_in_sets_the_session_and_goes_to_the_front_page(browser, cast):
    response = await browser.post(routes.POST_LOGIN, data=BEA)
    assert (response.status_code, response.headers["location"]) == (303, routes.HOME)
    assert (await viewer_for(cookie(response, cookies.SESSION).value)).actor == cast.bea


async def test_the_session_cookie_is_for_http_alone_and_this_site(browser, cast):
    morsel = cookie(await browser.post(routes.POST_LOGIN, data=BEA), cookies.SESSION)
    assert (morsel["httponly"], morsel["samesite"], morsel["path"]) == (True, "lax", "/")
    assert morsel["domain"] == ""
    assert morsel["expires"]
    assert not morsel["secure"]


@pytest.mark.parametrize("form", [BEA, {**BEA, "password": "wrong"}])
async def test_behind_https_every_cookie_is_secure(cast, settings, form):
    settings(base_url="https://desk.example.com")
    async with client() as browser:
        response = await browser.post(routes.POST_LOGIN, data=form)
    set_now = [
        h for h in response.headers.get_list("set-cookie") if "=;" not in h and '=""' not in h
    ]
    assert set_now
    assert all("Secure" in header and "HttpOnly" in header for header in set_now)


async def test_signing_in_again_ends_the_session_that_the_browser_held(browser, cast):
    first = cookie(await browser.post(routes.POST_LOGIN, data=BEA), cookies.SESSION).value
    second = cookie(await browser.post(routes.POST_LOGIN, data=BEA), cookies.SESSION).value
    assert await viewer_for(first) is None
    assert await viewer_for(second) is not None


async def test_a_session_that_somebody_planted_is_not_the_one_that_opens(browser, cast):
    browser.cookies.set(cookies.SESSION, "planted-by-another")
    response = await browser.post(routes.POST_LOGIN, data=BEA)
    assert cookie(response, cookies.SESSION).value != "planted-by-another"
    assert await viewer_for("planted-by-another") is None


@pytest.mark.parametrize("path", OWN)
async def test_signing_in_returns_to_where_one_was(browser, cast, path):
    response = await browser.post(routes.POST_LOGIN, data={**BEA, "next": path})
    assert response.headers["location"] == path


@pytest.mark.parametrize("path", OWN)
async def test_a_form_posted_before_its_page_was_ready_returns_there_too(browser, cast, path):
    page = {"referer": f"http://desk.test{routes.login(then=path)}"}
    response = await browser.post(routes.POST_LOGIN, data={**BEA, "next": ""}, headers=page)
    assert response.headers["location"] == path


@pytest.mark.parametrize("path", EVIL)
async def test_signing_in_leads_to_no_other_site(browser, cast, path):
    page = {"referer": f"http://desk.test/login?{urlencode({'next': path})}"}
    for form, headers in (({"next": path}, {}), ({}, page)):
        response = await browser.post(routes.POST_LOGIN, data={**BEA, **form}, headers=headers)
        assert (response.status_code, response.headers["location"]) == (303, routes.HOME)
        assert cookie(response, "a") is None


async def test_a_wrong_password_keeps_the_address_and_never_the_password(browser, cast):
    form = {"email": "bea@demo.test", "password": "wrong horse battery", "next": "/buyer/tickets"}
    response = await browser.post(routes.POST_LOGIN, data=form)
    assert response.headers["location"] == routes.LOGIN
    assert refused(response) == {
        "page": routes.LOGIN,
        "error": "The e-mail address or the password is not right.",
        "email": "bea@demo.test",
        "next": "/buyer/tickets",
    }


async def test_the_kept_form_is_for_http_alone_and_for_seconds(browser, cast):
    response = await browser.post(routes.POST_LOGIN, data={**BEA, "password": "wrong"})
    morsel = cookie(response, cookies.FORM)
    assert (morsel["httponly"], morsel["samesite"]) == (True, "lax")
    assert int(morsel["max-age"]) <= 60


async def test_signing_in_takes_the_kept_form_away(browser, cast):
    await browser.post(routes.POST_LOGIN, data={**BEA, "password": "wrong"})
    response = await browser.post(routes.POST_LOGIN, data=BEA)
    assert cookie(response, cookies.FORM)["max-age"] == "0"


async def test_after_five_wrong_passwords_one_is_told_when_to_try_again(browser, cast):
    for _ in range(5):
        await browser.post(routes.POST_LOGIN, data={**BEA, "password": "wrong"})
    response = await browser.post(routes.POST_LOGIN, data=BEA)
    assert refused(response)["error"] == "Too many attempts. Try again in 15 minutes."


async def test_where_somebody_signed_in_from_is_the_address_of_the_connection(browser, cast, ask):
    headers = {"X-Forwarded-For": "198.51.100.1", "User-Agent": "Lamp/1.0"}
    await browser.post(routes.POST_LOGIN, data=BEA, headers=headers)
    assert ask("SELECT ip, user_agent FROM session") == [("203.0.113.7", "Lamp/1.0")]


@pytest.mark.parametrize(
    ("hops", "forwarded", "ip"),
    [
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        (2, "6.6.6.6, 198.51.100.1, 10.0.0.1", "198.51.100.1"),
        (2, "198.51.100.1", "203.0.113.7"),
        (1, "", "203.0.113.7"),
    ],
)
async def test_behind_proxies_it_is_what_the_last_trusted_one_saw(
    cast, settings, ask, hops, forwarded, ip
):
    settings(trusted_proxy_hops=hops)
    async with client() as browser:
        await browser.post(routes.POST_LOGIN, data=BEA, headers={"X-Forwarded-For": forwarded})
    assert ask("SELECT ip FROM session") == [(ip,)]


# Signing up.


async def test_signing_up_signs_in(browser, database):
    response = await browser.post(routes.POST_SIGNUP, data=NORA)
    assert (response.status_code, response.headers["location"]) == (303, routes.HOME)
    viewer = await viewer_for(cookie(response, cookies.SESSION).value)
    assert (viewer.name, viewer.actor.role) == ("Nora", "buyer")


async def test_a_role_in_the_form_makes_no_admin(browser, database, ask):
    await browser.post(routes.POST_SIGNUP, data={**NORA, "role": "admin", "active": "true"})
    assert ask('SELECT role FROM "user"') == [("buyer",)]


async def test_a_refused_sign_up_keeps_name_and_address_and_never_the_password(browser, database):
    response = await browser.post(routes.POST_SIGNUP, data={**NORA, "password": "short"})
    assert response.headers["location"] == routes.SIGNUP
    assert refused(response) == {
        "page": routes.SIGNUP,
        "error": "Choose a password of at least 10 characters.",
        "name": "Nora",
        "email": "nora@demo.test",
    }


# The first admin.


async def test_the_link_of_an_empty_desk_makes_an_admin(browser, database):
    token = await setup.issue_link()
    response = await browser.post(routes.POST_SETUP, data={**NORA, "token": token})
    viewer = await viewer_for(cookie(response, cookies.SESSION).value)
    assert viewer.actor.role == "admin"


async def test_a_refused_first_admin_comes_back_to_the_link(browser, database):
    token = await setup.issue_link()
    form = {**NORA, "password": "short", "token": token}
    response = await browser.post(routes.POST_SETUP, data=form)
    assert response.headers["location"] == routes.setup(token)
    assert set(refused(response)) == {"page", "error", "name", "email"}


async def test_without_the_link_there_is_no_admin(browser, database, ask):
    await setup.issue_link()
    response = await browser.post(routes.POST_SETUP, data={**NORA, "token": "made up"})
    assert "used or replaced" in refused(response)["error"]
    assert ask('SELECT count(*) FROM "user"') == [(0,)]


# Signing out.


async def test_signing_out_ends_the_session_and_takes_the_cookie_away(browser, cast):
    token = (await sessions.open_session(cast.bea.user_id)).token
    response = await browser.post(
        routes.POST_LOGOUT, headers={"Cookie": f"{cookies.SESSION}={token}"}
    )
    assert (response.status_code, response.headers["location"]) == (303, routes.LOGIN)
    assert cookie(response, cookies.SESSION)["max-age"] == "0"
    assert await viewer_for(token) is None


async def test_who_was_not_signed_in_is_signed_out_as_well(browser, database):
    assert (await browser.post(routes.POST_LOGOUT)).status_code == 303


# From elsewhere.

ELSEWHERE = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://localhost:3000.evil.example"},
    {"Origin": "http://evil.example:3000"},
    {"Origin": "https://localhost:3000"},
    {"Origin": "http://localhost:3001"},
    {"Origin": "http://localhost:3000/"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "made-up"},
]


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
@pytest.mark.parametrize("path", FORMS)
async def test_a_form_from_another_site_does_nothing(browser, cast, ask, path, headers):
    token = (await sessions.open_session(cast.bea.user_id)).token
    del browser.headers["Origin"]
    headers = headers | {"Cookie": f"{cookies.SESSION}={token}"}
    response = await browser.post(path, data={**BEA, **NORA}, headers=headers)
    assert response.status_code == 403
    assert response.headers.get_list("set-cookie") == []
    assert await viewer_for(token) is not None
    assert ask('SELECT (SELECT count(*) FROM session), (SELECT count(*) FROM "user")') == [(1, 7)]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://localhost:3000"},
        {"Origin": "http://127.0.0.1:3000"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {},
    ],
    ids=str,
)
async def test_a_form_of_this_desk_is_heard(browser, cast, settings, headers):
    settings(base_url="http://localhost:3000")
    del browser.headers["Origin"]
    response = await browser.post(routes.POST_LOGIN, data=BEA, headers=headers)
    assert cookie(response, cookies.SESSION) is not None


async def test_a_desk_that_has_a_name_hears_no_forms_of_this_machine(cast, settings):
    settings(base_url="https://desk.example.com")
    async with client() as browser:
        headers = {"Origin": "http://localhost:3000"}
        response = await browser.post(routes.POST_LOGIN, data=BEA, headers=headers)
    assert response.status_code == 403


# Bodies that no browser sends.

TYPE = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\n%s\r\n--x--\r\n'
FILE = (
    b'--x\r\nContent-Disposition: form-data; name="email"; filename="a.txt"\r\n\r\nx\r\n--x--\r\n'
)
BODIES = {
    "nothing": (TYPE, b""),
    "no type": ("", b"email=x"),
    "JSON": ("application/json", b'{"email": "x"}'),
    "bytes that are no text": (TYPE, b"email=\xff\xfe&password=\x00\x01"),
    "percent signs that mean nothing": (TYPE, b"email=%zz%%%&password=%ff%00"),
    "half a character": (TYPE, b"email=%ed%a0%80&password=%ed%a0%80"),
    "the same field twice": (TYPE, b"email=a&email=b&password=a&password=b"),
    "a field that is a file": (MULTIPART, FILE),
    "multipart without a boundary": ("multipart/form-data", PART % b"x"),
    "multipart that breaks off": (MULTIPART, (PART % b"x")[:20]),
    "multipart that never was": (MULTIPART, b"hello"),
    "a part that is too large": (MULTIPART, PART % (b"x" * 100_000)),
    "many fields": (TYPE, b"&".join(b"a%d=1" % n for n in range(5000))),
    "an alphabet that makes half characters": (
        f"{MULTIPART}; charset=raw_unicode_escape",
        b'--x\r\nContent-Disposition: form-data; name="password"\r\n\r\n\\ud800 is half a letter'
        b'\r\n--x\r\nContent-Disposition: form-data; name="email"\r\n\r\na\\ud800@b.test'
        b'\r\n--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n\\ud800 Nora'
        b'\r\n--x\r\nContent-Disposition: form-data; name="token"\r\n\r\n\\ud800\r\n--x--\r\n',
    ),
    "an alphabet that does not exist": (f"{MULTIPART}; charset=klingon", PART % b"x"),
}


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("path", FORMS)
async def test_a_body_that_makes_no_sense_is_refused_without_a_fault(
    browser, cast, ask, path, body
):
    kind, content = BODIES[body]
    response = await browser.post(path, content=content, headers={"Content-Type": kind})
    assert response.status_code in {303, 400}
    assert cookie(response, cookies.SESSION) is None or path == routes.POST_LOGOUT
    assert ask('SELECT (SELECT count(*) FROM session), (SELECT count(*) FROM "user")') == [(0, 7)]


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize("told", [True, False])
async def test_a_body_that_is_far_too_large_is_refused_before_it_is_read(browser, cast, path, told):
    read = 0

    async def flood():
        nonlocal read
        for _ in range(200):
            read += 100_000
            yield b"x" * 100_000

    headers = {"Content-Type": TYPE}
    if told:
        headers["Content-Length"] = "20000000"
    response = await browser.post(path, content=flood(), headers=headers)
    assert response.status_code == 400
    assert read < 1_000_000


@pytest.mark.parametrize("field", ["email", "password"])
async def test_a_field_that_is_far_too_long_is_not_right(browser, cast, field):
    response = await browser.post(routes.POST_LOGIN, data={**BEA, field: "x" * 15_000})
    assert refused(response)["error"] == "The e-mail address or the password is not right."


async def test_a_password_is_not_right_because_it_begins_right(browser, cast):
    form = {**BEA, "password": PASSWORD + " " * 5000}
    assert "not right" in refused(await browser.post(routes.POST_LOGIN, data=form))["error"]


@pytest.mark.parametrize("cookies_sent", ["", ";;;=", f"{cookies.SESSION}=%00", "a=" + "x" * 8000])
async def test_odd_cookies_do_not_get_in_the_way(browser, cast, cookies_sent):
    response = await browser.post(routes.POST_LOGIN, data=BEA, headers={"Cookie": cookies_sent})
    assert cookie(response, cookies.SESSION) is not None


async def test_a_password_may_hold_any_character_there_is(browser, database):
    password = "Ünï\u2028c\todé & = + % 🧑‍🚀"
    await browser.post(
        routes.POST_SIGNUP,
        content=urlencode({**NORA, "password": password}),
        headers={"Content-Type": TYPE},
    )
    form = {"email": NORA["email"], "password": password}
    response = await browser.post(routes.POST_LOGIN, data=form)
    assert cookie(response, cookies.SESSION) is not None


@pytest.mark.parametrize("path", FORMS)
async def test_a_form_is_posted_and_nothing_else(browser, cast, path):
    for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE"):
        assert (await browser.request(method, path)).status_code == 405, method


# Without a database.


@pytest.mark.parametrize("path", DOORS)
async def test_without_the_database_a_form_is_sent_back_with_a_sentence(away, path):
    async with client() as browser:
        response = await browser.post(path, data={**NORA, "token": "x"})
    assert "cannot reach its database" in refused(response)["error"]


async def test_without_the_database_signing_out_says_so_and_keeps_the_cookie(away):
    async with client() as browser:
        headers = {"Cookie": f"{cookies.SESSION}=token"}
        response = await browser.post(routes.POST_LOGOUT, headers=headers)
    assert response.status_code == 503
    assert response.headers.get_list("set-cookie") == []
