"""Where a sign-in may send a browser: to a path of this desk and nowhere else."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from supportdesk import routes

OWN = [
    "/",
    "/buyer/tickets",
    "/buyer/tickets/TC-0001",
    "/admin/tickets?tab=open#top",
    "/a//b",
    "/@evil.example",
    "/https://evil.example",
]
EVIL = [
    "",
    "buyer/tickets",
    "https://evil.example",
    "HTTPS://evil.example/buyer/tickets",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/ /evil.example",
    "/x\r\nSet-Cookie: a=b",
    "/x\x00",
    "/\x7f/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "http:evil.example",
    "?next=//evil.example",
    "@evil.example",
    ".evil.example",
]


@pytest.mark.parametrize("path", OWN)
def test_a_path_of_this_desk_is_its_own(path):
    assert routes.own_path(path)


@pytest.mark.parametrize("path", EVIL)
def test_everything_else_is_not(path):
    assert not routes.own_path(path)
    assert routes.login(then=path) == routes.LOGIN


@pytest.mark.parametrize("path", OWN)
def test_the_sign_in_page_carries_a_path_through_unchanged(path):
    parts = urlsplit(routes.login(then=path))
    assert (parts.scheme, parts.netloc, parts.path) == ("", "", routes.LOGIN)
