"""Every HTTP route of a running desk, as nobody and as each role, with every method.

The routes are read from the app: one that is added later needs an expectation here.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import aiohttp
import pytest

from supportdesk import cookies, routes
from tests.security.desk_world import SECRETS, Planted
from tests.security.http_routes import enumerate_routes
from tests.support.raw_browser import sign_in

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
CALLERS = ("nobody", "bea", "sia", "ada")

# What each route answers to a method; to every other method that there is no such thing. The same
# for everybody: what somebody may see travels over the websocket alone.
EXPECTED = {
    "/health": {"GET": 200, "HEAD": 200},
    "/ping": {"GET": 200, "HEAD": 200},
    "/_health": {"GET": 200, "HEAD": 200},
    "/dashboard/support": {"GET": 307, "HEAD": 307},
    "/dashboard/chat": {"GET": 307, "HEAD": 307},
    "/auth/login": {"POST": 303},
    "/auth/signup": {"POST": 303},
    "/auth/setup": {"POST": 303},
    "/auth/invite": {"POST": 303},
    "/auth/reset-password": {"POST": 303},
    "/auth/logout": {"POST": 303},
    # Of files, what these requests say is too little for anybody, and no file has such an id.
    "/attachments/uploads": {"POST": 400},
    "/attachments/uploads/{id}": {"PATCH": 415},
    "/attachments/uploads/{id}/keep": {},
    "/attachments/{id}": {},
    "/attachments/{id}/thumbnail": {},
    # One's own; nobody has such an id.
    "/account/export.zip": {"GET": 200, "HEAD": 200},
    "/admin/people/{id}/export.zip": {},
}
# What admins may take with them; to all others, and to every other method, there is no such thing.
FOR_ADMINS = ("/admin/audit.csv", "/admin/audit.json", "/admin/reports.csv")
# Mounts, which answer for all below them: tried by the addresses further down.
MOUNTED = {"/*", "/_event/*"}

PAGES = [
    "/", "/login", "/signup", "/setup", "/invite", "/forgot-password", "/reset-password",
    "/buyer/tickets", "/seller/tickets", "/admin/tickets", "/admin/buyers", "/admin/sellers",
    "/admin/requests", "/admin/teams", "/admin/settings", "/admin/reports", "/admin/audit",
    f"/admin/people/{UUID(int=1)}", "/account",
]  # fmt: skip
HIDDEN = [
    "/docs", "/redoc", "/openapi.json", "/docs/oauth2-redirect",
    "/_upload", "/_upload/", "/_upload/x", "/%5fupload", "/_all_routes", "/auth-codespace",
    "/.env", "/.git/config", "/.git/HEAD", "/rxconfig.py", "/supportdesk/config.py", "/reflex.json",
    "/backend/", "/backend/stateful_pages.json", "/package.json", "/alembic.ini", "/postgres.users",
    "/assets/../../backend/stateful_pages.json", "/assets/..%2f..%2fpackage.json",
    "/..%2f..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "/assets/%00",
    "/auth", "/auth/", "/auth/login/", "/auth/LOGIN", "/auth/admin", "/health/../.env", "/_static",
]  # fmt: skip
SAFE = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
# What a body must never hold, whoever asks: data, or how the server is made.
TELLTALE = (*SECRETS, "Traceback", "BEGIN", "root:x:", "SUPPORTDESK_", "psycopg")


@pytest.fixture(scope="module")
async def people(planted: Planted) -> dict[str, str]:
    """A session of each caller; nobody has none."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        tokens = {n: await sign_in(http, planted.desk.url, n) for n in CALLERS if n != "nobody"}
    return {"nobody": "", **tokens}


class Answer:
    def __init__(self, response: aiohttp.ClientResponse, body: bytes) -> None:
        self.status, self.headers = response.status, response.headers
        self.body = body.decode(errors="replace")

    def told(self) -> list[str]:
        said = self.body + str(self.headers)
        return [word for word in TELLTALE if word in said]


async def ask(
    http: aiohttp.ClientSession,
    planted: Planted,
    method: str,
    path: str,
    session: str = "",
    **more: Any,
) -> Answer:
    headers = {"Origin": planted.desk.url, **more.pop("headers", {})}
    if session:
        headers["Cookie"] = f"{cookies.SESSION}={session}"
    url = aiohttp.client.URL(planted.desk.url + path, encoded=True)
    async with http.request(
        method, url, headers=headers, allow_redirects=False, **more
    ) as response:
        return Answer(response, await response.read())


def test_every_route_has_an_expectation():
    assert set(enumerate_routes()) == set(EXPECTED) | set(FOR_ADMINS) | MOUNTED


@pytest.mark.parametrize("path", EXPECTED)
async def test_a_route_answers_everybody_alike_and_tells_nothing(http, planted, people, path):
    before = planted.fingerprint()
    for name in CALLERS:
        for method in METHODS:
            if (path, method) == (routes.POST_LOGOUT, "POST") and name != "nobody":
                continue  # See below: afterwards there would be nobody left to ask.
            answer = await ask(http, planted, method, path, people[name])
            expected = EXPECTED[path].get(method)
            refused = {401} if name == "nobody" and path.startswith(routes.UPLOADS) else set()
            refused |= {404} if name == "nobody" and path == routes.ACCOUNT_EXPORT else set()
            allowed = refused | ({expected} if expected else {404, 405})
            assert answer.status in allowed, (name, method)
            assert answer.told() == []
            assert {header: answer.headers.get(header) for header in SAFE} == SAFE
            assert "content-security-policy" in answer.headers
    assert planted.fingerprint() == before


@pytest.mark.parametrize("path", FOR_ADMINS)
async def test_a_file_for_admins_is_not_there_for_anybody_else(http, planted, people, path):
    before = planted.fingerprint()
    for name in CALLERS:
        for method in METHODS:
            answer = await ask(http, planted, method, path, people[name])
            if name == "ada" and method in ("GET", "HEAD"):
                assert answer.status == 200
                assert answer.headers["content-disposition"].startswith("attachment")
                assert answer.headers["cache-control"] == "private, no-store"
            else:
                assert answer.status in {404, 405}, (name, method)
                assert answer.told() == []
            assert {header: answer.headers.get(header) for header in SAFE} == SAFE
    assert planted.fingerprint() == before


@pytest.mark.parametrize("name", ["bea", "sia", "ada"])
async def test_signing_out_works_for_each_role_and_changes_nothing_else(http, planted, name):
    session = await sign_in(http, planted.desk.url, name)
    before = planted.fingerprint()
    answer = await ask(http, planted, "POST", routes.POST_LOGOUT, session)
    assert (answer.status, answer.headers["location"]) == (303, routes.LOGIN)
    assert planted.fingerprint() == before


@pytest.mark.parametrize("path", [*PAGES, f"/admin/tickets/{'x' * 3000}", "/buyer/tickets/TC-0001"])
async def test_a_page_is_the_same_empty_frame_for_everybody(http, planted, people, path):
    answers = [await ask(http, planted, "GET", path, people[name]) for name in CALLERS]
    assert {answer.status for answer in answers} <= {200, 307, 404}
    assert len({answer.body for answer in answers}) == 1
    for answer in answers:
        assert answer.told() == []
        assert {header: answer.headers.get(header) for header in SAFE} == SAFE
        assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_a_page_takes_nothing(http, planted, people, path, method):
    answer = await ask(http, planted, method, path, people["ada"], data=b"x")
    assert 400 <= answer.status < 500


@pytest.mark.parametrize("path", HIDDEN)
@pytest.mark.parametrize("name", ["nobody", "ada"])
async def test_what_is_not_there_is_not_there_for_anybody(http, planted, people, path, name):
    for method in ("GET", "POST"):
        answer = await ask(http, planted, method, path, people[name])
        assert answer.status in {307, 400, 404, 405}, method
        assert answer.told() == []
        # A redirect may only put or drop a slash.
        location = answer.headers.get("location", path)
        assert location.removeprefix(planted.desk.url).rstrip("/") == path.rstrip("/")


@pytest.mark.parametrize("path", ["/_upload", "/_upload/", "/%5fupload", "//_upload"])
@pytest.mark.parametrize("name", CALLERS)
async def test_the_open_upload_of_the_framework_takes_nothing(http, planted, people, path, name):
    body = (
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="../planted.html"\r\n\r\n'
        b"planted\r\n--x--\r\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await ask(http, planted, "POST", path, people[name], data=body, headers=headers)
    assert answer.status in {404, 405}
    assert not list(planted.desk.home.rglob("*planted*"))


@pytest.mark.parametrize("path", [path for path in EXPECTED if path.startswith("/auth/")])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
    ],
    ids=str,
)
async def test_a_form_from_another_site_is_refused(http, planted, people, path, headers):
    form = {"email": "bea@demo.test", "password": "demo-pass-1", "name": "Eve", "token": "x"}
    before = planted.fingerprint()
    answer = await ask(http, planted, "POST", path, people["ada"], data=form, headers=headers)
    assert answer.status == 403
    assert "set-cookie" not in answer.headers
    assert planted.fingerprint() == before
    still = "SELECT ended_at IS NULL FROM session WHERE token_hash = sha256(%s)"
    assert planted.rows(still, people["ada"].encode()) == [(True,)]


@pytest.mark.parametrize("path", ["/health", "/", "/auth/login", "/_event/", "/ping"])
async def test_no_other_site_may_read_an_answer(http, planted, people, path):
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for method in ("GET", "OPTIONS"):
        answer = await ask(http, planted, method, path, people["ada"], headers=headers)
        assert answer.headers.get("access-control-allow-origin") in (None, planted.desk.url), method


@pytest.mark.parametrize(
    "query",
    ["", "?EIO=4&transport=polling", "?EIO=4&transport=polling&sid=x", "?transport=x", "?EIO=99"],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
async def test_the_websocket_is_the_only_way_to_talk_to_states(
    http, planted, people, query, method
):
    answer = await ask(http, planted, method, f"/_event/{query}", people["ada"])
    assert 400 <= answer.status < 500 or method == "OPTIONS"
    assert "sid" not in answer.body
    assert answer.told() == []


@pytest.mark.parametrize(
    "path", ["/" + "x" * 60_000, "/?" + "a=b&" * 15_000, "/%ff%fe", "/%00", "/login?next=%00%ff"]
)
async def test_an_address_that_makes_no_sense_is_no_fault(http, planted, path):
    answer = await ask(http, planted, "GET", path)
    assert answer.status < 500
    assert answer.told() == []


async def test_a_header_that_is_far_too_large_is_no_fault(http, planted):
    answer = await ask(http, planted, "GET", "/health", headers={"Cookie": "a=" + "x" * 30_000})
    assert answer.status < 500


async def test_the_answer_to_a_sign_in_sets_a_cookie_that_scripts_cannot_read(http, planted):
    form = {"email": "bea@demo.test", "password": "demo-pass-1", "next": "//evil.example"}
    answer = await ask(http, planted, "POST", routes.POST_LOGIN, data=form)
    cookie = next(
        value for value in answer.headers.getall("set-cookie") if value.startswith(cookies.SESSION)
    )
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert answer.headers["location"] == routes.HOME


async def test_the_desk_is_well_after_all_of_this(http, planted):
    answer = await ask(http, planted, "GET", "/health")
    assert answer.status == 200
    log = "".join(planted.desk.output)
    assert "Exception in ASGI" not in log
