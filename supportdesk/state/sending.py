"""What a browser sends, on its way into the conversation.

What Reflex does until an event reaches its handler, the database need not wait for. So what comes
from a tab that has nothing else under way is posted as it comes in, and its handler finds what
became of it. People's deeds keep their order: a tab's events are handled one by one, and with
another one before it nothing is posted ahead.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from reflex.app import EventNamespace

from supportdesk import cookies
from supportdesk.domain.actor import Actor
from supportdesk.domain.commands import messages
from supportdesk.domain.commands.attachments import Sent
from supportdesk.domain.commands.messages import Posted
from supportdesk.domain.commands.sessions import token_hash
from supportdesk.domain.errors import DomainError, NotFound
from supportdesk.domain.ids import parse_id
from supportdesk.domain.models import Audience
from supportdesk.realtime.browser import Browser
from supportdesk.state.attaching import sent_files
from supportdesk.state.choice import chosen, typed
from supportdesk.state.desk import hub

# Where there is but one processor, to hand it on would only delay the database. But whatever the
# tab says next, and be it that it is still there, waits behind it.
_HEAD_START_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as it left the browser; `ticket` is the number of the one that it is for."""

    id: UUID
    ticket: str
    text: str
    audience: Audience
    quote: UUID | None
    files: tuple[Sent, ...]

    @classmethod
    def read(cls, sent: object) -> Outgoing:
        """Raises `DomainError`: a browser may send anything."""
        client_id = parse_id(typed(sent, "id"))
        if client_id is None:
            raise NotFound("message")
        return cls(
            id=client_id,
            ticket=typed(sent, "ticket"),
            text=typed(sent, "message"),
            audience=chosen(Audience, typed(sent, "audience")),
            quote=parse_id(typed(sent, "quote")),
            files=sent_files(sent.get("files") if isinstance(sent, dict) else None),
        )

    @property
    def plain(self) -> bool:
        return messages.is_plain(self.text, self.quote, self.files)

    async def post(self, actor: Actor, ticket_id: UUID) -> Posted:
        """Save it, and tell those here who follow. Raises as `messages.post`."""
        with hub().posting(ticket_id, self.text, plain=self.plain) as posting:
            posted = await messages.post(
                actor,
                ticket_id,
                self.text,
                self.audience,
                self.id,
                self.quote,
                self.files,
                posting.following,
            )
            await posting.tell(posted)
        return posted


def post_ahead(namespace: EventNamespace, handler: str) -> None:
    """Post what that handler is going to be given. Reflex has no hook for what comes in, so its own
    is extended."""
    take = namespace.on_event

    async def on_event(sid: str, data: Any) -> None:
        if isinstance(data, dict) and data.get("name") == handler:
            task = _begin(namespace, sid, data.get("payload"))
            if task is not None:
                await asyncio.wait((task,), timeout=_HEAD_START_SECONDS)
        await take(sid, data)

    namespace.on_event = on_event  # type: ignore[method-assign]


def posted_ahead(browser: Browser | None, client_id: UUID) -> asyncio.Task[Posted] | None:
    """What becomes of that message, if it has been begun before its handler. Nobody else is to wait
    for it."""
    return browser.ahead.pop(client_id, None) if browser else None


def _begin(namespace: EventNamespace, sid: str, payload: object) -> asyncio.Task[Posted] | None:
    token = namespace.sid_to_token.get(sid)
    browser = hub().browser(token) if token else None
    if browser is None or browser.socket != sid or not _has_nothing_to_do(namespace, browser):
        return None
    outgoing, session = _first(payload), _session(namespace, sid)
    view = browser.thread
    if outgoing is None or session is None or view is None or view.number != outgoing.ticket:
        return None
    actor = replace(browser.viewer.actor, unproven=token_hash(session))
    task = asyncio.create_task(outgoing.post(actor, view.conversation_id))
    # Its handler raises what it raises. Should that have failed before, nobody else does.
    task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
    browser.ahead[outgoing.id] = task
    return task


def _has_nothing_to_do(namespace: EventNamespace, browser: Browser) -> bool:
    processor = namespace.app.event_processor
    queue = processor._queue
    if queue is None or not queue.empty() or browser.token in processor._token_queues:
        return False
    # By now their handlers are through; one that failed on the way has left it.
    browser.ahead = {key: task for key, task in browser.ahead.items() if not task.done()}
    return not browser.ahead


def _first(payload: object) -> Outgoing | None:
    """The first that waits, if there is nothing to it but words."""
    waiting = payload.get("waiting") if isinstance(payload, dict) else None
    if not isinstance(waiting, list) or not waiting:
        return None
    try:
        outgoing = Outgoing.read(waiting[0])
    except DomainError:
        return None
    return outgoing if outgoing.plain else None


def _session(namespace: EventNamespace, sid: str) -> str | None:
    """The token in the cookie that came with this connection."""
    server = namespace.app.sio
    environ = server.get_environ(sid, namespace.namespace) if server else None
    return cookies.read(environ.get("HTTP_COOKIE"), cookies.SESSION) if environ else None
