"""The two cookies: what goes in comes out, and whatever else comes in does no harm."""

from __future__ import annotations

import base64

import pytest

from supportdesk import cookies

FORM = {"page": "/signup", "error": "Too short.", "name": "Bea", "email": "bea@demo.test"}


def header(value: str) -> str:
    return f"{cookies.FORM}={value}"


def test_a_refused_form_comes_back_as_it_was():
    assert cookies.unpack_form(header(cookies.pack_form(FORM))) == FORM


def test_it_comes_back_beside_other_cookies_too():
    value = f"a=b; {header(cookies.pack_form(FORM))}; {cookies.SESSION}=token"
    assert cookies.unpack_form(value) == FORM
    assert cookies.read(value, cookies.SESSION) == "token"


@pytest.mark.parametrize("long", ["x" * 1000, "ü" * 1000, "\U0001f9d1" * 1000, '"\\' * 500])
def test_a_form_that_is_too_large_for_a_cookie_still_says_why_it_was_refused(long):
    packed = cookies.pack_form(FORM | {"name": long, "email": long, "next": long})
    assert len(packed) <= 4000
    came_back = cookies.unpack_form(header(packed))
    assert (came_back["page"], came_back["error"]) == (FORM["page"], FORM["error"])


@pytest.mark.parametrize(
    "value",
    [
        "",
        "junk",
        "====",
        "é",
        base64.b64encode(b"\xff\xfe").decode(),
        base64.b64encode(b"[1, 2]").decode(),
        base64.b64encode(b'"text"').decode(),
        base64.b64encode(b"null").decode(),
        base64.b64encode(b"[" * 4000).decode(),
        base64.b64encode(b'{"a":' * 4000).decode(),
    ],
)
def test_what_was_never_a_form_is_an_empty_one(value):
    assert cookies.unpack_form(header(value)) == {}


def test_only_text_comes_back():
    value = base64.urlsafe_b64encode(b'{"email": ["x"], "name": 7, "error": "Why."}').decode()
    assert cookies.unpack_form(header(value)) == {"error": "Why."}


@pytest.mark.parametrize("text", [None, "", ";;;", "=", "supportdesk_session", "\x00", "a=b=c"])
def test_a_header_without_the_cookie_has_none(text):
    assert cookies.read(text, cookies.SESSION) is None
