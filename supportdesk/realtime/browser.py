"""A connected browser tab, and what it is looking at."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from supportdesk.domain.commands.messages import Posted
from supportdesk.domain.queries.sessions import Viewer

if TYPE_CHECKING:
    from supportdesk.realtime.hold import Hold
    from supportdesk.realtime.inbox_view import InboxView
    from supportdesk.realtime.thread_view import ThreadView


class Attention(StrEnum):
    """Whether somebody looks at a tab: `IDLE` is visible, but nothing has moved there for long."""

    HERE = "here"
    IDLE = "idle"
    HIDDEN = "hidden"


@dataclass(eq=False, slots=True)
class Browser:
    """`token` names the tab for as long as it lives, `socket` its present connection.

    A tab joins a view in two steps, because what it is handed travels to the browser while others
    go on writing: first it is given a snapshot, then, once that is under way, it is either admitted
    to what the view sends from there on or handed what it missed meanwhile.
    """

    token: str
    socket: str
    viewer: Viewer
    attention: Attention = Attention.HIDDEN
    """Hidden until it says otherwise, for it may have been opened in the background."""
    thread: ThreadView | None = None
    thread_version: int = -1
    inbox: InboxView | None = None
    inbox_version: int = -1
    marked: set[str] = field(default_factory=set)
    """Numbers of the tickets whose marks this tab holds."""
    marks_asked: bool = False
    """It has been told to read its marks again and has not begun to."""
    choices_asked: bool = False
    """The same for what there is to choose from."""
    paged_thread: bool = False
    """Its reader is not at the end of the conversation, so its history is this tab's own."""
    paged_inbox: bool = False
    """The same for further pages of the list."""
    hold: Hold | None = None
    """Its reader has scrolled down, so the list stands still."""
    keeps_unread: bool = False
    """Its reader has said that what is open there counts as unread, until they come back to it."""
    away: bool = False
    """Its reader has left the end of the conversation: what comes there is not seen."""
    hits: dict[str, frozenset[UUID]] = field(default_factory=dict)
    """The messages that its searches have found, by search, and whose versions it shows; and the
    tickets that its palette has found."""
    notifications: bool = False
    """It shows the list of notifications."""
    preferences: bool = False
    """It shows what its person wants to be told of."""
    ahead: dict[UUID, asyncio.Task[Posted]] = field(default_factory=dict)
    """Its messages that are posted before their handler runs, by what it calls them."""

    @property
    def visible(self) -> bool:
        return self.attention is not Attention.HIDDEN

    @property
    def reads(self) -> bool:
        """What stands there counts as read."""
        return self.visible and not self.keeps_unread and not self.away
