"""What everybody may do with every table: see, read, change, delete, add. All else is refused."""

# Which rows each of them sees. `bea` and `sol` are the parties of t1; `ben` and `sia` are strangers
# to it with a ticket of their own; `abe` administers. A table that is not named is refused whole.
TO_CHOOSE_FROM = {
    "category": "shipping",
    "field_definition": "field",
    "ticket_template": "template",
}
SEEN = {
    "bea": {
        "user": "bea sol sia",
        "team": "team",
        "conversation": "t1",
        "participant": "t1/bea t1/sol",
        "ticket": "t1",
        "message": "t1-description",
        "reaction": "t1-description/sol/👍",
        "event": "ticket_filed t1, message_posted t1-description, ticket_changed t1,"
        " reaction_changed t1-description, fields_changed t1",
        "ticket_field": "t1/field",
        "saved_view": "view-of-bea",
        **TO_CHOOSE_FROM,
    },
    "ben": {
        "user": "ben sol sia ada",
        "team": "team",
        "conversation": "t2",
        "participant": "t2/ben t2/ada",
        "ticket": "t2",
        "message": "t2-description t2-answer",
        "reaction": "",
        "event": "ticket_filed t2, message_posted t2-description, message_posted t2-answer",
        "ticket_field": "",
        "saved_view": "",
        **TO_CHOOSE_FROM,
    },
    "sol": {
        "user": "bea sol",
        "team": "team",
        "conversation": "t1",
        "participant": "t1/bea t1/sol",
        "ticket": "t1",
        "message": "t1-description t1-staff",
        "message_revision": "t1-staff/then",
        "reaction": "t1-description/sol/👍 t1-staff/sol/✅",
        "event": "ticket_filed t1, message_posted t1-description, message_posted t1-staff,"
        " message_edited t1-staff, reaction_changed t1-description, reaction_changed t1-staff,"
        " ticket_changed t1, tags_changed t1, notes_changed t1, fields_changed t1",
        "tag": "refund carrier",
        "ticket_tag": "t1/refund",
        "ticket_note": "t1",
        "ticket_field": "t1/field",
        "saved_view": "view-of-sol shared-view",
        "canned_reply": "reply-of-sol reply-for-all",
        **TO_CHOOSE_FROM,
    },
    "sia": {
        "user": "sia ada",
        "team": "team",
        "conversation": "t3",
        "participant": "t3/sia t3/ada",
        "ticket": "t3",
        "message": "t3-description t3-staff",
        "message_revision": "",
        "reaction": "",
        "event": "ticket_filed t3, message_posted t3-description, message_posted t3-staff,"
        " fields_changed t3",
        "tag": "refund carrier",
        "ticket_tag": "",
        "ticket_note": "",
        "ticket_field": "t3/field",
        "saved_view": "shared-view",
        "canned_reply": "reply-for-all",
        **TO_CHOOSE_FROM,
    },
    "abe": {
        "user": "bea ben sol sia ada abe max",
        "team": "team",
        "team_member": "team/ada",
        "session": "session-of-bea",
        "invitation": "pending spent",
        "password_reset": "max",
        "person_note": "note-on-bea",
        "conversation": "t1 t2 t3",
        "participant": "t1/bea t1/sol t1/ada t1/abe t2/ben t2/ada t3/sia t3/ada",
        "ticket": "t1 t2 t3",
        "message": "t1-description t1-staff t1-admins t2-description t2-answer"
        " t3-description t3-staff",
        "message_revision": "t1-staff/then",
        "reaction": "t1-description/sol/👍 t1-staff/sol/✅",
        "event": "ticket_filed t1, message_posted t1-description, message_posted t1-staff,"
        " message_edited t1-staff, reaction_changed t1-description, reaction_changed t1-staff,"
        " message_posted t1-admins, ticket_changed t1,"
        " ticket_filed t2, message_posted t2-description, message_posted t2-answer,"
        " ticket_filed t3, message_posted t3-description, message_posted t3-staff,"
        " signed_in session-of-bea, tag_created refund, tag_created carrier,"
        " preferences_changed by bea, preferences_changed by sol, preferences_changed by abe,"
        " tags_changed t1, notes_changed t1, fields_changed t1,"
        " tags_changed t2, notes_changed t2, fields_changed t3",
        "tag": "refund carrier",
        "ticket_listing": "t1/itself t1/refund t2/itself t2/carrier t3/itself t3/by-seller",
        "ticket_words": "t1 t2 t3",
        "ticket_times": "t1/itself t1/refund t2/itself t2/carrier t3/itself",
        "ticket_reopening": "t1/then",
        "report_span": "span",
        "report_part": "span/x",
        "report_change": "change",
        "ticket_tag": "t1/refund t2/carrier",
        "ticket_note": "t1 t2",
        "ticket_field": "t1/field t3/field",
        "saved_view": "view-of-abe shared-view",
        "canned_reply": "reply-for-all",
        "category": "shipping",
        "field_definition": "field old-field",
        "ticket_template": "template old-template",
    },
    "nobody": {},
    "the bare app": {},
}

# Which rows an update without any condition reaches, for each column that may be set at all.
CHANGED = {
    "bea": {
        "user": ("timezone", "bea"),
        "participant": ("last_read_seq starred", "t1/bea"),
        "ticket": ("status priority", "t1"),
        "saved_view": ("name query", "view-of-bea"),
    },
    "ben": {
        "user": ("timezone", "ben"),
        "participant": ("last_read_seq starred", "t2/ben"),
        "ticket": ("status priority", "t2"),
        "saved_view": ("name query", ""),
    },
    "sol": {
        "user": ("timezone", "sol"),
        "participant": ("last_read_seq starred", "t1/sol"),
        "ticket": ("status priority type", "t1"),
        "ticket_note": ("body updated_by updated_at event_id", "t1"),
        "ticket_field": ("value updated_at", "t1/field"),
        "saved_view": ("name query", "view-of-sol"),
        "canned_reply": ("name body", "reply-of-sol"),
    },
    "sia": {
        "user": ("timezone", "sia"),
        "participant": ("last_read_seq starred", "t3/sia"),
        "ticket": ("status priority type", "t3"),
        "ticket_note": ("body updated_by updated_at event_id", ""),
        "ticket_field": ("value updated_at", "t3/field"),
        "saved_view": ("name query", ""),
        "canned_reply": ("name body", ""),
    },
    "abe": {
        "user": ("active role timezone", "bea ben sol sia ada abe max"),
        "session": ("ended_at", "session-of-bea"),
        "invitation": ("revoked_at", "pending"),
        "participant": ("last_read_seq starred", "t1/abe"),
        "ticket": ("status priority type category_id assignee_id team_id due_at", "t1 t2 t3"),
        "category": ("name", "shipping"),
        "tag": ("name hue description", "refund carrier"),
        "ticket_note": ("body updated_by updated_at event_id", "t1 t2"),
        "field_definition": (
            "ticket_type name kind choices required position active",
            "field old-field",
        ),
        "ticket_field": ("value updated_at", "t1/field t3/field"),
        "saved_view": ("name shared query", "view-of-abe shared-view"),
        "ticket_template": ("name ticket_type subject body active", "template old-template"),
        "canned_reply": ("owner_id name body", "reply-for-all"),
        "team": ("auto_assign name", "team"),
    },
    "nobody": {},
    "the bare app": {},
}

# Which rows a delete without any condition reaches; every other table keeps what it has.
DELETED = {
    "bea": {"saved_view": "view-of-bea"},
    "ben": {"saved_view": ""},
    "sol": {
        "ticket_tag": "t1/refund",
        "ticket_field": "t1/field",
        "saved_view": "view-of-sol",
        "canned_reply": "reply-of-sol",
    },
    "sia": {
        "ticket_tag": "",
        "ticket_field": "t3/field",
        "saved_view": "",
        "canned_reply": "",
    },
    "abe": {
        "ticket_tag": "t1/refund t2/carrier",
        "ticket_field": "t1/field t3/field",
        "saved_view": "view-of-abe shared-view",
        "canned_reply": "reply-for-all",
        "team_member": "team/ada",
        "password_reset": "max",
        "person_note": "note-on-bea",
    },
    "nobody": {},
    "the bare app": {},
}

# What admins set and merge, and what notes once said. A link may still
# name a tag that was merged, so the staff may know what it is now.
SEEN["abe"] |= {
    "setting": "welcome",
    "merged_tag": "old-tag",
    "note_revision": ", notes_changed t1",
}
CHANGED["abe"] |= {"setting": ("value updated_at", "welcome"), "team_member": ("lead", "team/ada")}
DELETED["abe"]["setting"] = "welcome"
for _name in ("sol", "sia"):
    SEEN[_name]["merged_tag"] = "old-tag"

# A draft is its owner's alone, to see, to change and to throw away.
for _name, _drafts in {
    "bea": "draft-of-bea", "ben": "", "sol": "draft-of-sol", "sia": "draft-of-sia",
    "abe": "draft-of-abe",
}.items():  # fmt: skip
    SEEN[_name]["draft"] = DELETED[_name]["draft"] = _drafts
    CHANGED[_name]["draft"] = ("body audience form updated_at", _drafts)

# What one has been told of is one's own, and so is what one wants to be told of. The database alone
# writes it.
for _name, (_told, _choices) in {
    "bea": ("t1/bea/4", "bea"), "ben": ("t2/ben/2", ""), "sol": ("t1/sol/1", "sol"),
    "sia": ("t3/sia/2", ""), "abe": ("", "abe"),
}.items():  # fmt: skip
    SEEN[_name]["notification"], SEEN[_name]["notification_preference"] = _told, _choices
    CHANGED[_name]["notification"] = ("read_at", _told)
    CHANGED[_name]["notification_preference"] = (
        "mentions messages assignments statuses sound browser", _choices,
    )  # fmt: skip

# What one said is one's own to change; an admin may take back anybody's, but reword nobody's.
for _name, _said in {
    "bea": "t1-description", "ben": "t2-description", "sol": "t1-staff", "sia": "t3-description",
    "abe": SEEN["abe"]["message"],
}.items():  # fmt: skip
    CHANGED[_name]["message"] = ("body deleted_at mentions", _said)
    DELETED[_name]["reaction"] = SEEN["sol"]["reaction"] if _name == "sol" else ""

# When somebody was here is known to those who share a conversation with them, as far as they know.
for _name, _known in {
    "bea": "bea sol", "ben": "ben ada", "sol": "bea sol", "sia": "sia ada",
    "abe": "bea ben sol sia ada abe max",
}.items():  # fmt: skip
    SEEN[_name]["last_seen"] = _known

# A file is seen by who sees its message, and one that is not sent by its owner alone, who may still
# name it, describe it, send it and drop it.
for _name, (_files, _unsent) in {
    "bea": ("unsent-of-bea", "unsent-of-bea"), "ben": ("t2-file", ""), "sol": ("t1-file", ""),
    "sia": ("", ""), "abe": ("t1-file t2-file unsent-of-abe", "unsent-of-abe"),
}.items():  # fmt: skip
    SEEN[_name]["attachment"], DELETED[_name]["attachment"] = _files, _unsent
    CHANGED[_name]["attachment"] = ("message_id position name alt", _unsent)

ACTORS = tuple(SEEN)

# What each role reads of the tables it may read, column by column.
PERSON = "id name role active timezone"
TEAM = "id name is_default created_at auto_assign"
THREAD = "id kind created_by created_at last_seq messages_everyone activity_everyone"
STAFF_THREAD = f"{THREAD} messages_staff activity_staff"
PARTICIPANT = (
    "conversation_id user_id audience last_read_seq starred muted archived pinned created_at"
    " read_at follows"
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
READABLE = {
    "buyer": {"user": PERSON, "team": TEAM, "conversation": THREAD, **LOG},
    "seller": {"user": PERSON, "team": TEAM, "conversation": STAFF_THREAD, **STAFF_LOG},
    "admin": {
        "user": f"{PERSON} email created_at",
        "team": TEAM,
        "team_member": "team_id user_id created_at last_assigned_at lead",
        "conversation": f"{STAFF_THREAD} messages_admins activity_admins",
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
        "report_part": "span_id key filed undone reopened filings responses resolutions",
        "report_change": "id at concerns",
        **STAFF_LOG,
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
    },
    "nobody": {},
    "app": {},
}

ROLES = ("app", "nobody", "buyer", "seller", "admin")
