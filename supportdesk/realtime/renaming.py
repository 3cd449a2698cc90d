"""Somebody is called something else, or is something else: wherever that stands on a screen."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from supportdesk.realtime.browser import Browser
from supportdesk.realtime.inbox_view import InboxView
from supportdesk.realtime.screen import Screen
from supportdesk.realtime.thread_view import ThreadView


async def tell_of_person(
    person: UUID,
    browsers: Iterable[Browser],
    threads: Iterable[ThreadView],
    inboxes: Iterable[InboxView],
    screen: Screen,
    *,
    in_text: bool = False,
) -> None:
    """Have what names that person read again. Their own tabs read everything.

    `in_text`: what others wrote may have named them, and does no more.
    """
    known = [view for view in threads if view.shows(person)]
    for view in known:
        view.wake_named(person, in_text=in_text)
    for inbox in inboxes:
        inbox.wake_named(person)
    for browser in list(browsers):
        if browser.viewer.actor.user_id == person:
            await screen.recheck_session(browser.token)
            continue
        if browser.paged_thread and browser.thread in known:
            await screen.reread_thread(browser.token)
        if browser.paged_inbox:
            await screen.reread_inbox(browser.token)
        if browser.notifications:
            await screen.reread_notifications(browser.token)
        if browser.hits:
            await screen.reread_hits(browser.token)
