"""The forms that set or end the session cookie: plain posts, answered with a redirect."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypedDict
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from supportdesk import cookies, routes
from supportdesk.api.origin import client_ip, same_origin
from supportdesk.config import get_settings
from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.commands import credentials, invitations, sessions, setup
from supportdesk.domain.commands.sessions import OpenedSession
from supportdesk.domain.errors import DomainError

_FIELD_MAX_LENGTH = 1000
# What a refused form gets back: never the password.
_KEPT = ("name", "email", "next")

Handler = Callable[[Request], Awaitable[Response]]


class Where(TypedDict):
    """From where somebody comes."""

    ip: str
    user_agent: str


async def log_in(request: Request) -> Response:
    form = await _fields(request, "email", "password", "next")
    form["next"] = form["next"] or _next_of_page(request)
    then = form["next"] if routes.own_path(form["next"]) else routes.HOME
    try:
        session = await sessions.sign_in(
            form["email"], form["password"], **_where(request), replaced=_token(request)
        )
    except (DomainError, DatabaseUnavailable) as error:
        return _refuse(routes.LOGIN, error, form)
    return _welcome(session, then)


async def sign_up(request: Request) -> Response:
    form = await _fields(request, "name", "email", "password")
    try:
        where = _where(request)
        user_id = await sessions.sign_up(form["email"], form["name"], form["password"], **where)
        session = await sessions.open_session(user_id, **where, replaced=_token(request))
    except (DomainError, DatabaseUnavailable) as error:
        return _refuse(routes.SIGNUP, error, form)
    return _welcome(session, routes.HOME)


async def set_up(request: Request) -> Response:
    form = await _fields(request, "token", "name", "email", "password")
    try:
        where = _where(request)
        user_id = await setup.create_first_admin(
            form["token"], form["email"], form["name"], form["password"], **where
        )
        session = await sessions.open_session(user_id, **where, replaced=_token(request))
    except (DomainError, DatabaseUnavailable) as error:
        return _refuse(routes.SETUP, error, form, back_to=routes.setup(form["token"]))
    return _welcome(session, routes.HOME)


async def accept_invitation(request: Request) -> Response:
    form = await _fields(request, "token", "name", "email", "password")
    try:
        where = _where(request)
        user_id = await invitations.accept(
            form["token"], form["email"], form["name"], form["password"], **where
        )
        session = await sessions.open_session(user_id, **where, replaced=_token(request))
    except (DomainError, DatabaseUnavailable) as error:
        return _refuse(routes.INVITE, error, form, back_to=routes.invite(form["token"]))
    return _welcome(session, routes.HOME)


async def reset_password(request: Request) -> Response:
    form = await _fields(request, "token", "password")
    try:
        where = _where(request)
        user_id = await credentials.reset(form["token"], form["password"], **where)
        session = await sessions.open_session(user_id, **where, replaced=_token(request))
    except (DomainError, DatabaseUnavailable) as error:
        back_to = routes.reset_password(form["token"])
        return _refuse(routes.RESET_PASSWORD, error, form, back_to=back_to)
    return _welcome(session, routes.HOME)


async def log_out(request: Request) -> Response:
    token = _token(request)
    if token:
        try:
            await sessions.sign_out(token)
        except DatabaseUnavailable as error:
            return Response(str(error), status_code=503)
    response = RedirectResponse(routes.LOGIN, status_code=303)
    response.delete_cookie(cookies.SESSION, path="/", httponly=True, samesite="lax")
    return response


async def _fields(request: Request, *names: str) -> dict[str, str]:
    """The named fields of a form, cut to what anybody could mean; files are not asked for."""
    async with request.form(max_files=0, max_fields=20, max_part_size=16_384) as form:
        values = {name: form.get(name, "") for name in names}
    return {name: _text(value) for name, value in values.items()}


def _next_of_page(request: Request) -> str:
    """Where the page of the form leads afterwards, if it was posted before the page could say so.

    The page fills its form in once it is connected, which a password manager does not wait for.
    """
    page = urlsplit(request.headers.get("referer", ""))
    return "".join(parse_qs(page.query).get("next", ()))[:_FIELD_MAX_LENGTH]


def _text(value: object) -> str:
    """What was typed; nothing where that is a file, or half a character that nobody can type."""
    try:
        return value.encode().decode()[:_FIELD_MAX_LENGTH] if isinstance(value, str) else ""
    except UnicodeEncodeError:
        return ""


def _where(request: Request) -> Where:
    return {
        "ip": client_ip(request),
        "user_agent": request.headers.get("user-agent", ""),
    }


def _token(request: Request) -> str | None:
    """The session that this browser has so far."""
    return request.cookies.get(cookies.SESSION)


def _welcome(session: OpenedSession, then: str) -> Response:
    response = RedirectResponse(then, status_code=303)
    response.set_cookie(
        cookies.SESSION,
        session.token,
        expires=session.expires_at,
        path="/",
        httponly=True,
        samesite="lax",
        secure=get_settings().is_https,
    )
    response.delete_cookie(cookies.FORM, path="/")
    return response


def _refuse(
    page: str, error: Exception, form: dict[str, str], back_to: str | None = None
) -> Response:
    kept = {name: value for name, value in form.items() if name in _KEPT}
    response = RedirectResponse(back_to or page, status_code=303)
    response.set_cookie(
        cookies.FORM,
        cookies.pack_form({"page": page, "error": str(error), **kept}),
        max_age=cookies.FORM_SECONDS,
        path="/",
        httponly=True,
        samesite="lax",
        secure=get_settings().is_https,
    )
    return response


def _guarded(handler: Handler) -> Handler:
    async def checked(request: Request) -> Response:
        if not same_origin(request):
            return Response("This form was not sent from this desk.", status_code=403)
        return await handler(request)

    return checked


ROUTES = [
    Route(routes.POST_LOGIN, _guarded(log_in), methods=["POST"]),
    Route(routes.POST_LOGOUT, _guarded(log_out), methods=["POST"]),
    Route(routes.POST_SIGNUP, _guarded(sign_up), methods=["POST"]),
    Route(routes.POST_SETUP, _guarded(set_up), methods=["POST"]),
    Route(routes.POST_INVITE, _guarded(accept_invitation), methods=["POST"]),
    Route(routes.POST_RESET_PASSWORD, _guarded(reset_password), methods=["POST"]),
]
