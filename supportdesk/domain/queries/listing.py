"""Which tickets a list holds, as SQL: what may be filtered and sorted by, under the actor's rights.

A buyer's or a seller's own tickets are few: they are read, filtered and sorted (`own`). All that
admins see is too much for that. Their list is put together of one walk for each status over an
index that has the tickets in the order of the list (`walks`), and each walk ends with the page.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.ids import parse_id
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Priority
from supportdesk.domain.queries.filters import ME, NOBODY, Filters
from supportdesk.domain.queries.ticket_rows import ALL_MINE, SIDES

NONE = "'00000000-0000-0000-0000-000000000000'::uuid"
# In the listing, tickets that a seller has filed stand once more, as if they had this tag.
BY_SELLER = "'00000000-0000-0000-0000-000000000001'::uuid"
OPEN = (Status.OPEN, Status.IN_PROGRESS, Status.WAITING_ON_CUSTOMER)

# The same columns as the table `ticket_listing`, which only admins read.
_OWN = """(
    SELECT t.id AS ticket_id, t.number, t.status, t.type,
           array_position('{{low,medium,high,urgent}}'::text[], t.priority)::smallint AS urgency,
           coalesce(t.assignee_id, {none}) AS assignee_id, coalesce(t.team_id, {none}) AS team_id,
           {activity} AS active_at,
           CASE WHEN {guest} THEN 'infinity' ELSE coalesce(t.due_at, 'infinity') END AS due_at,
           coalesce(t.waiting_since, 'infinity') AS waiting_since
    FROM ticket t JOIN conversation c ON c.id = t.id {side}
) listing"""

_UNREAD = """coalesce((
        SELECT m.seq FROM message m WHERE m.conversation_id = listing.ticket_id
        ORDER BY m.seq DESC LIMIT 1), 0)
    > coalesce((
        SELECT p.last_read_seq FROM participant p
        WHERE p.conversation_id = listing.ticket_id AND p.user_id = :me), 0)"""
_STARRED = """listing.ticket_id = ANY (ARRAY(
    SELECT p.conversation_id FROM participant p WHERE p.user_id = :me AND p.starred))"""
_OF_PARTY = """listing.ticket_id = ANY (ARRAY(
    SELECT t.id FROM ticket t WHERE t.{party}_id = :{party}))"""
_BUYERS = "(SELECT t.buyer_id FROM ticket t WHERE t.id = listing.ticket_id) IS {null}"
# Once for all of one's own tickets: asked for each of them, the policy would be looked at anew.
_TAGGED = """listing.ticket_id = ANY ((SELECT array_agg(tt.ticket_id) FROM ticket_tag tt
    WHERE tt.tag_id = CAST(:tag AS uuid))::uuid[])"""

_WALK = """(SELECT {columns} FROM ticket_listing listing
 WHERE tag_id = {tag} AND status IN ({statuses}) AND {asked} {order} LIMIT {limit})"""


@dataclass
class Conditions:
    """What is asked for: parts of a WHERE, the values that they name, and what they are not."""

    statuses: tuple[Status, ...]
    tag: str
    few: bool = False
    """They are found one by one, and no index has them in an order."""
    parts: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)

    def add(self, part: str, **values: Any) -> None:
        self.parts.append(part)
        self.values.update(values)

    @property
    def narrows(self) -> bool:
        return bool(self.parts) or self.tag != NONE or self.statuses != tuple(Status)

    @property
    def sql(self) -> str:
        return " AND ".join(self.parts) or "true"


def conditions(actor: Actor, filters: Filters) -> Conditions:
    """What `filters` ask for, but for the text. Status and tag, by which admins' indexes begin,
    are apart."""
    found = Conditions(filters.statuses or tuple(Status), NONE, values={"me": actor.user_id})
    if filters.unknown:
        found.add("false")
    if filters.priority:
        urgency = list(Priority).index(filters.priority) + 1
        found.add("listing.urgency = :urgency", urgency=urgency)
    if filters.type:
        found.add("listing.type = :type", type=filters.type.value)
    if filters.assignee:
        _assigned(found, filters.assignee)
    if filters.team:
        _known(found, "listing.team_id = :team", team=filters.team)
    if filters.tag:
        found.tag = "CAST(:tag AS uuid)"
        _known(found, "true", tag=filters.tag)
    if filters.role:
        _filed_by(found, filters.role)
    for party in ("buyer", "seller"):
        if id_ := getattr(filters, party):
            found.few = True
            _known(found, _OF_PARTY.format(party=party), **{party: id_})
    if filters.starred:
        found.few = True
        found.add(_STARRED)
    if filters.unread:
        found.add(_UNREAD)
    if filters.overdue and actor.role is Role.BUYER:
        found.add("false")  # Nor do they learn when one is due.
    elif filters.overdue:
        found.statuses = tuple(status for status in found.statuses if status in OPEN)
        found.add("listing.due_at < now()")
    return found


def _filed_by(found: Conditions, role: Role) -> None:
    if role is Role.SELLER and found.tag == NONE:
        found.tag = BY_SELLER
    else:
        found.add(_BUYERS.format(null="NULL" if role is Role.SELLER else "NOT NULL"))


def _assigned(found: Conditions, assignee: str) -> None:
    if assignee == NOBODY:
        found.add(f"listing.assignee_id = {NONE}")
    elif assignee == ME:
        found.add("listing.assignee_id = :me")
    else:
        _known(found, "listing.assignee_id = :assignee", assignee=assignee)


def _known(found: Conditions, part: str, **ids: str) -> None:
    """A condition on ids; one that is none finds nothing."""
    parsed = {name: parse_id(id_) for name, id_ in ids.items()}
    found.add(part if all(parsed.values()) else "false", **parsed)


def own(role: Role, asked: Conditions, *, named: bool) -> tuple[str, str]:
    """FROM and WHERE for the tickets of one person, or (`named`) for those of :ids."""
    parts = ["listing.status = ANY (:statuses)", asked.sql]
    asked.values["statuses"] = list(asked.statuses)
    if asked.tag == BY_SELLER:
        parts.append(_BUYERS.format(null="NULL"))
    elif asked.tag != NONE:
        parts.append("false" if role is Role.BUYER else _TAGGED)  # To a buyer none has tags.
    side = SIDES[role]
    source = _OWN.format(
        activity=side.activity,
        guest=side.guest,
        side=side.joined.format(threads=":ids" if named else ALL_MINE),
        none=NONE,
    )
    return source, " AND ".join(parts)


def walks(
    asked: Conditions, columns: str, limit: int, order: str = "", extra: str = "true", tag: str = ""
) -> str:
    """A UNION ALL with up to `limit` tickets of each status, the first in that order.

    What is few is read once for all statuses.
    """
    statuses = [f"'{status}'" for status in asked.statuses] or ["'none'"]
    return " UNION ALL ".join(
        _WALK.format(
            columns=columns,
            tag=tag or asked.tag,
            statuses=together,
            asked=f"{asked.sql} AND {extra}",
            order=f"ORDER BY {order}" if order else "",
            limit=limit,
        )
        for together in ([", ".join(statuses)] if asked.few else statuses)
    )
