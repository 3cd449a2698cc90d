"""What each role may say of each table, column by column: read it, or write it anew."""

# What each role reads of the tables it may read, column by column.
PERSON = "id name role active"
TEAM = "id name is_default created_at auto_assign"
THREAD = "id kind created_by created_at last_seq messages_everyone activity_everyone"
PARTICIPANT = (
    "conversation_id user_id audience last_read_seq starred muted archived pinned created_at"
    " read_at follows reads"
)
TICKET = (
    "id number subject status priority type category_id buyer_id seller_id assignee_id team_id"
    " due_at first_response_at resolved_at created_at waiting_since"
)
MESSAGE = (
    "id conversation_id seq sender_id body audience client_id created_at edited_at deleted_at"
    " quote_id words mentions files"
)
EVENT = "id kind actor_id conversation_id subject_id audience in_thread seq data created_at"
CHOICES = "mentions messages assignments statuses sound browser"
DEFINITION = "id ticket_type name kind choices required position active created_at"
LOG = {
    "participant": PARTICIPANT,
    "last_seen": "user_id at",
    "ticket": TICKET,
    "message": MESSAGE,
    "reaction": "message_id user_id emoji created_at",
    "event": EVENT,
    "category": "id name created_at",
    "field_definition": DEFINITION,
    "ticket_field": "ticket_id field_id value updated_at",
    "saved_view": "id owner_id name shared query created_at",
    "ticket_template": "id name ticket_type subject body active created_at",
    "draft": "id owner_id conversation_id body audience form updated_at",
    "notification": "conversation_id user_id seq kind created_at read_at",
    "notification_preference": f"user_id {CHOICES}",
    "attachment": "id owner_id message_id position name alt type size sha256 width height seconds"
    " pictured created_at",
}
STAFF_LOG = {
    **LOG,
    "message_revision": "message_id written_at body",
    "tag": "id name hue description created_by created_at",
    "ticket_tag": "ticket_id tag_id added_by created_at",
    "ticket_note": "ticket_id body updated_by updated_at event_id",
    "canned_reply": "id owner_id name body created_at",
}
DECIDED = {
    "join_request": "id person_id number ticket_id reason state word decided_by decided_at"
    " created_at",
    "abuse_report": "id message_id conversation_id person_id reporter_id reason state decided_by"
    " decided_at created_at",
    "block": "person_id blocked_by created_at",
}
# Of the ticket that one asks for, of who decided, and of what became of a report: nothing.
OWN = {
    "join_request": "id person_id number reason state word created_at decided_at",
    "abuse_report": "id message_id reporter_id reason created_at",
    "block": "person_id created_at",
}
READABLE = {
    "buyer": {
        "user": PERSON,
        "team": TEAM,
        "conversation": THREAD,
        # Of their own words alone.
        "message_revision": "message_id written_at body",
        **LOG,
        **OWN,
    },
    "seller": {"user": PERSON, "team": TEAM, "conversation": THREAD, **STAFF_LOG, **OWN},
    "admin": {
        "user": f"{PERSON} email created_at erased_at",
        "team": TEAM,
        "team_member": "team_id user_id created_at last_assigned_at lead",
        "conversation": f"{THREAD} messages_staff activity_staff messages_admins activity_admins",
        "ticket_listing": "ticket_id tag_id number status urgency type assignee_id team_id"
        " active_at due_at waiting_since",
        "ticket_words": "ticket_id subject subject_and_people",
        "session": "id user_id created_at expires_at ended_at ip user_agent",
        "invitation": "id role email name created_by created_at expires_at used_at revoked_at",
        "password_reset": "user_id created_by created_at expires_at",
        "person_note": "id person_id author_id body created_at",
        "ticket_times": "ticket_id tag_id filed_at answered_at response resolved_at resolution"
        " team_id assignee_id seller_id type",
        "ticket_reopening": "ticket_id resolved_at reopened_at",
        "report_span": "id by starts_at ends_at",
        "report_part": "span_id key filed undone reopened filings responses resolutions answered"
        " resolved quarters",
        "report_change": "id at by key what seconds change",
        "report_successor": "by key successor",
        **STAFF_LOG,
        **DECIDED,
    },
    "nobody": {},
    "app": {},
}

for _role in ("seller", "admin"):
    READABLE[_role]["merged_tag"] = "id tag_id"
READABLE["admin"] |= {
    "event": f"{EVENT} session_id",
    "setting": "key value updated_at",
    "note_revision": "event_id ticket_id body replaced_by",
}

NEW_MESSAGE = "id conversation_id sender_id body audience client_id quote_id mentions files"
NEW_EVENT = "id kind actor_id conversation_id subject_id audience in_thread data"
WRITES = {
    "message": NEW_MESSAGE,
    "reaction": "message_id user_id emoji",
    "event": NEW_EVENT,
    "ticket_field": "ticket_id field_id value",
    "saved_view": "id owner_id name shared query",
    "draft": "id owner_id conversation_id body audience form",
    "notification_preference": f"user_id {CHOICES}",
    "attachment": "id owner_id name type size sha256 width height seconds pictured",
    "abuse_report": "id message_id reporter_id reason",
}
STAFF_WRITES = {
    **WRITES,
    "tag": "id name hue description created_by",
    "ticket_tag": "ticket_id tag_id added_by",
    "ticket_note": "ticket_id body updated_by event_id",
    "canned_reply": "id owner_id name body",
}
FILES = {
    "conversation": "id kind created_by",
    "ticket": "id subject type priority category_id buyer_id seller_id",
}
# What each role may say of a new row; the database makes up the rest.
INSERTABLE = {
    "buyer": {**WRITES, **FILES},
    "seller": {**STAFF_WRITES, **FILES},
    "admin": {
        **STAFF_WRITES,
        "participant": "conversation_id user_id audience last_read_seq starred",
        "category": "id name",
        "field_definition": DEFINITION.removesuffix(" created_at"),
        "ticket_template": "id name ticket_type subject body active",
        "team_member": "team_id user_id",
        "invitation": "id role email name token_hash created_by",
        "password_reset": "user_id token_hash created_by",
        "person_note": "id person_id author_id body",
        "team": "id name",
        "setting": "key value",
        "block": "person_id blocked_by",
    },
    "nobody": {},
    "app": {},
}
