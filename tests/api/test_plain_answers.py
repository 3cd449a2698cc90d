"""Health, old addresses, and what every answer carries."""

from __future__ import annotations

import httpx
import pytest

from supportdesk import __version__, routes
from supportdesk.api.hardening import content_policy, harden
from supportdesk.config import get_settings
from supportdesk.database.engine import dispose_engine
from tests.api.conftest import client


async def test_health_is_good_while_the_database_answers(browser):
    response = await browser.get("/health")
    assert (response.status_code, response.json()) == (
        200,
        {"status": "ok", "version": __version__},
    )


async def test_health_is_bad_while_it_does_not_and_tells_nothing_of_it(away):
    async with client() as browser:
        response = await browser.get("/health")
    assert response.status_code == 503
    assert response.json() == {
        "status": "unavailable",
        "reason": "The desk cannot reach its database just now. Try again in a moment.",
    }


async def test_health_is_good_again_when_the_database_is_back(away, browser, settings, database):
    async with client() as before:
        assert (await before.get("/health")).status_code == 503
    settings(database_url=database.app_url)
    await dispose_engine()
    assert (await browser.get("/health")).status_code == 200


@pytest.mark.parametrize("path", ["/dashboard/support", "/dashboard/chat"])
async def test_an_address_of_an_earlier_version_leads_to_the_front_page(browser, path):
    response = await browser.get(path)
    assert (response.status_code, response.headers["location"]) == (307, routes.HOME)


HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "display-capture=(self), microphone=(self)",
}


@pytest.mark.parametrize(
    "path", ["/health", routes.POST_LOGIN, "/dashboard/chat", "/nothing", "/_upload"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_every_answer_tells_browsers_to_be_careful(browser, path, method):
    response = await browser.request(method, path)
    assert {name: response.headers[name] for name in HEADERS} == HEADERS
    assert response.headers["content-security-policy"] == content_policy()


async def test_pages_load_nothing_from_elsewhere_and_are_framed_by_nobody(settings):
    settings(base_url="https://desk.example.com")
    policy = dict(part.split(" ", 1) for part in content_policy().split("; "))
    assert policy["default-src"] == policy["form-action"] == policy["base-uri"] == "'self'"
    assert policy["object-src"] == policy["frame-ancestors"] == "'none'"
    assert policy["connect-src"] == "'self' wss://desk.example.com"
    assert policy["media-src"] == policy["worker-src"] == "'self' blob:"
    assert "http" not in policy["script-src"] + policy["img-src"] + policy["style-src"]


CLOSED = [
    "/_upload",
    "/_upload/",
    "/_upload/secret.txt",
    "/_all_routes",
    "/auth-codespace",
    "/%5fupload",
]


@pytest.mark.parametrize("path", CLOSED)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
async def test_what_the_framework_leaves_open_is_closed(path, method):
    reached = []

    async def framework(scope, receive, send) -> None:
        reached.append(scope["path"])

    transport = httpx.ASGITransport(harden(framework))
    async with httpx.AsyncClient(transport=transport, base_url=get_settings().base_url) as browser:
        response = await browser.request(method, path, content=b"x" * 100)
    assert (response.status_code, reached) == (404, [])
