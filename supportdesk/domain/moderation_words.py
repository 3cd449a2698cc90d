"""What the log says of people who are let in or put out, of reports and of deletions. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from supportdesk.domain.queries import numbers

# `who` is whom it is about, `number` that of the ticket, `place` where it happened.
_SENTENCES = {
    "join_requested": "asked to join {number}",
    "join_accepted": "let {who} into {number}",
    "join_refused": "refused to let {who} into {number}",
    "person_added": "added {who} to {number}",
    "person_removed": "removed {who} from {number}",
    "reads_changed": "decided that {who} {may} read what the staff says{place}",
    "abuse_reported": "reported a message{place}",
    "report_decided": "{decided}{place}",
    "chat_deleted": "deleted all chat of {number}, with {contents}",
    "chat_emptied": "left {number} without messages",
    "ticket_deleted": "deleted {number}, with {contents}",
    "person_blocked": "blocked {who}",
    "person_unblocked": "lifted the block of {who}",
}
KINDS = tuple(_SENTENCES)
_DECISIONS = {
    "dismissed": "dismissed a report",
    "message_deleted": "deleted a message that was reported",
    "person_blocked": "blocked somebody who was reported",
}


def sentence(kind: str, data: Mapping[str, Any], ticket: str, about: str) -> str:
    """What follows the name of who did it; `ticket` and `about` are names that may be gone."""
    number = data.get("number")
    return _SENTENCES[kind].format(
        who=data.get("person") if isinstance(data.get("person"), str) else about or "somebody",
        # Of a ticket that may be gone, or may never have been there.
        number=numbers.spell(number) if isinstance(number, int) else ticket or "a ticket",
        place=f" in {ticket}" if ticket else "",
        may="may" if data.get("to") == "staff" else "may no longer",
        decided=_DECISIONS.get(str(data.get("to")), "decided a report"),
        contents=_contents(data.get("messages", 0), data.get("files", 0)),
    )


def _contents(messages: int, files: int) -> str:
    of = "1 message" if messages == 1 else f"{messages:,} messages"
    return f"{of} and {'1 file' if files == 1 else f'{files:,} files'}" if files else of
