"""SQLModel tables, one family a file. Rows only: no behaviour, no queries.

The migrations create the tables, their triggers and who may see what; a test holds the two equal.
Defaults live in the database, so inserts name only the columns that their role may set.
"""

from supportdesk.domain.models.conversation import (
    Audience,
    Conversation,
    Message,
    MessageRevision,
    Participant,
    PastParticipant,
    Reaction,
)
from supportdesk.domain.models.event import Event
from supportdesk.domain.models.files import Attachment, Blob
from supportdesk.domain.models.labels import (
    COLOURS,
    Category,
    FieldDefinition,
    FieldKind,
    MergedTag,
    NoteRevision,
    Tag,
    TicketField,
    TicketNote,
    TicketTag,
)
from supportdesk.domain.models.listing import TicketListing, TicketWords
from supportdesk.domain.models.moderation import (
    AbuseReport,
    Block,
    JoinRequest,
    ReportState,
    RequestState,
)
from supportdesk.domain.models.notification import (
    Notification,
    NotificationKind,
    NotificationPreference,
)
from supportdesk.domain.models.people import (
    AutoAssign,
    FormerParticipant,
    Invitation,
    LastSeen,
    PasswordReset,
    PersonNote,
    Session,
    SetupLink,
    Team,
    TeamMember,
    User,
)
from supportdesk.domain.models.reports import (
    ReportChange,
    ReportPart,
    ReportSpan,
    ReportSuccessor,
    TicketReopening,
    TicketTimes,
)
from supportdesk.domain.models.setting import Setting
from supportdesk.domain.models.shortcuts import CannedReply, Draft, SavedView, TicketTemplate
from supportdesk.domain.models.ticket import Priority, Ticket, TicketType

__all__ = [
    "COLOURS",
    "AbuseReport",
    "Attachment",
    "Audience",
    "AutoAssign",
    "Blob",
    "Block",
    "CannedReply",
    "Category",
    "Conversation",
    "Draft",
    "Event",
    "FieldDefinition",
    "FieldKind",
    "FormerParticipant",
    "Invitation",
    "JoinRequest",
    "LastSeen",
    "MergedTag",
    "Message",
    "MessageRevision",
    "NoteRevision",
    "Notification",
    "NotificationKind",
    "NotificationPreference",
    "Participant",
    "PasswordReset",
    "PastParticipant",
    "PersonNote",
    "Priority",
    "Reaction",
    "ReportChange",
    "ReportPart",
    "ReportSpan",
    "ReportState",
    "ReportSuccessor",
    "RequestState",
    "SavedView",
    "Session",
    "Setting",
    "SetupLink",
    "Tag",
    "Team",
    "TeamMember",
    "Ticket",
    "TicketField",
    "TicketListing",
    "TicketNote",
    "TicketReopening",
    "TicketTag",
    "TicketTemplate",
    "TicketTimes",
    "TicketType",
    "TicketWords",
    "User",
]
