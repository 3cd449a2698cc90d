"""The cookies of the desk, as the HTTP side and the page write them and the states read them.

The session's token is in an HttpOnly cookie. What a form held when it was refused travels in a
second one that lives for seconds, so that nothing has to be typed twice: never a password. In a
third the page notes the time zone of the browser, before it connects.
"""

from __future__ import annotations

import base64
import json
from functools import lru_cache
from http.cookies import CookieError, SimpleCookie

SESSION = "supportdesk_session"
FORM = "supportdesk_form"
FORM_SECONDS = 30
ZONE = "supportdesk_zone"
_FORM_MAX_LENGTH = 3000


# A tab sends the same with each of its events.
@lru_cache(maxsize=500)
def read(header: str | None, name: str) -> str | None:
    """The value of cookie `name` in a Cookie header, or None."""
    try:
        morsel = SimpleCookie(header or "").get(name)
    except CookieError:
        return None
    return morsel.value if morsel else None


def pack_form(fields: dict[str, str]) -> str:
    """Make a cookie value of a refused form's fields; what is too long for one is cut."""
    kept = dict(fields)
    while len(value := _encode(kept)) > _FORM_MAX_LENGTH:
        longest = max(kept, key=lambda name: len(kept[name]))
        kept[longest] = kept[longest][: len(kept[longest]) // 2]
    return value


def _encode(fields: dict[str, str]) -> str:
    text = json.dumps(fields, ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode(errors="replace")).decode()


def unpack_form(header: str | None) -> dict[str, str]:
    """The fields of the refused form, or none of them: the cookie may say anything."""
    try:
        fields = json.loads(base64.urlsafe_b64decode(read(header, FORM) or ""))
    except (ValueError, RecursionError):
        return {}
    if not isinstance(fields, dict):
        return {}
    return {str(key): value for key, value in fields.items() if isinstance(value, str)}
