"""SQLModel tables, one family a file. Rows only: no behaviour, no queries.

The migrations create the tables, their triggers and who may see what; a test holds the two equal.
Defaults live in the database, so inserts name only the columns that their role may set.
"""

from supportdesk.domain.models.conversation import Audience, Conversation, Message, Participant
from supportdesk.domain.models.event import Event
from supportdesk.domain.models.labels import (
    Category,
    FieldDefinition,
    FieldKind,
    Tag,
    TicketField,
    TicketNote,
    TicketTag,
)
from supportdesk.domain.models.people import Session, SetupLink, Team, TeamMember, User
from supportdesk.domain.models.shortcuts import CannedReply, SavedView, TicketTemplate
from supportdesk.domain.models.ticket import Priority, Ticket, TicketType

__all__ = [
    "Audience",
    "CannedReply",
    "Category",
    "Conversation",
    "Event",
    "FieldDefinition",
    "FieldKind",
    "Message",
    "Participant",
    "Priority",
    "SavedView",
    "Session",
    "SetupLink",
    "Tag",
    "Team",
    "TeamMember",
    "Ticket",
    "TicketField",
    "TicketNote",
    "TicketTag",
    "TicketTemplate",
    "TicketType",
    "User",
]
