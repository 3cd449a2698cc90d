"""What everybody may do with every table: see, read, change, delete, add. All else is refused."""

# Which rows each of them sees. `bea` and `sol` are the parties of t1 and t4; `ben` and `sia` are
# strangers to t1 with a ticket of their own, and `sia` is a guest in t4; `abe` administers. A table
# that is not named is refused whole.
TO_CHOOSE_FROM = {
    "category": "shipping",
    "field_definition": "field",
    "ticket_template": "template",
}
LET_IN_AND_OUT = (
    "ticket_filed t4, message_posted t4-description, person_added sia, person_added max,"
    " person_removed max"
)
AMONG_STAFF = (
    f"{LET_IN_AND_OUT}, message_posted t4-staff, reaction_changed t4-staff, tags_changed t4,"
    " notes_changed t4"
)
SEEN = {
    "bea": {
        "user": "bea sol sia ada max",
        "team": "team",
        "conversation": "t1 t4",
        "participant": "t1/bea t1/sol t4/bea t4/sol t4/sia t4/ada",
        "ticket": "t1 t4",
        "message": "t1-description t4-description",
        "message_revision": "",
        "reaction": "t1-description/sol/👍",
        "event": "ticket_filed t1, message_posted t1-description, ticket_changed t1,"
        " reaction_changed t1-description, fields_changed t1, " + LET_IN_AND_OUT,
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
        "message_revision": "",
        "reaction": "",
        "event": "ticket_filed t2, message_posted t2-description, message_posted t2-answer",
        "ticket_field": "",
        "saved_view": "",
        **TO_CHOOSE_FROM,
    },
    "sol": {
        "user": "bea sol sia ada abe max",
        "team": "team",
        "conversation": "t1 t4",
        "participant": "t1/bea t1/sol t4/bea t4/sol t4/sia t4/ada t4/abe",
        "ticket": "t1 t4",
        "message": "t1-description t1-staff t4-description t4-staff",
        "message_revision": "t1-staff/then",
        "reaction": "t1-description/sol/👍 t1-staff/sol/✅ t4-staff/sol/✅",
        "event": "ticket_filed t1, message_posted t1-description, message_posted t1-staff,"
        " message_edited t1-staff, reaction_changed t1-description, reaction_changed t1-staff,"
        " ticket_changed t1, tags_changed t1, notes_changed t1, fields_changed t1, " + AMONG_STAFF,
        "tag": "refund carrier",
        "ticket_tag": "t1/refund t4/refund",
        "ticket_note": "t1 t4",
        "ticket_field": "t1/field",
        "saved_view": "view-of-sol shared-view",
        "canned_reply": "reply-of-sol reply-for-all",
        **TO_CHOOSE_FROM,
    },
    "sia": {
        "user": "sia ada bea sol max",
        "team": "team",
        "conversation": "t3 t4",
        "participant": "t3/sia t3/ada t4/bea t4/sol t4/sia t4/ada",
        "ticket": "t3 t4",
        "message": "t3-description t3-staff t4-description",
        "message_revision": "",
        "reaction": "",
        "event": "ticket_filed t3, message_posted t3-description, message_posted t3-staff,"
        " fields_changed t3, " + LET_IN_AND_OUT,
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
        "conversation": "t1 t2 t3 t4",
        "participant": "t1/bea t1/sol t1/ada t1/abe t2/ben t2/ada t3/sia t3/ada"
        " t4/bea t4/sol t4/sia t4/ada t4/abe",
        "ticket": "t1 t2 t3 t4",
        "message": "t1-description t1-staff t1-admins t2-description t2-answer"
        " t3-description t3-staff t4-description t4-staff",
        "message_revision": "t1-staff/then",
        "reaction": "t1-description/sol/👍 t1-staff/sol/✅ t4-staff/sol/✅",
        "event": "ticket_filed t1, message_posted t1-description, message_posted t1-staff,"
        " message_edited t1-staff, reaction_changed t1-description, reaction_changed t1-staff,"
        " message_posted t1-admins, ticket_changed t1,"
        " ticket_filed t2, message_posted t2-description, message_posted t2-answer,"
        " ticket_filed t3, message_posted t3-description, message_posted t3-staff,"
        " signed_in session-of-bea, tag_created refund, tag_created carrier,"
        " preferences_changed by bea, preferences_changed by sol, preferences_changed by abe,"
        " tags_changed t1, notes_changed t1, fields_changed t1,"
        " tags_changed t2, notes_changed t2, fields_changed t3,"
        " abuse_reported t4-description, person_blocked max, join_requested ben,"
        " join_requested sia, join_refused ben, " + AMONG_STAFF,
        "tag": "refund carrier",
        "ticket_listing": "t1/itself t1/refund t2/itself t2/carrier t3/itself t3/by-seller"
        " t4/itself t4/refund",
        "ticket_words": "t1 t2 t3 t4",
        "ticket_times": "t1/itself t1/refund t2/itself t2/carrier t3/itself t4/itself t4/refund",
        "ticket_reopening": "t1/then",
        "report_span": "span",
        "report_part": "span/x",
        "report_change": "change",
        "report_successor": "tag/x",
        "ticket_tag": "t1/refund t2/carrier t4/refund",
        "ticket_note": "t1 t2 t4",
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
        "participant": ("last_read_seq starred", "t1/bea t4/bea"),
        "ticket": ("status priority", "t1 t4"),
        "saved_view": ("name query", "view-of-bea"),
    },
    "ben": {
        "participant": ("last_read_seq starred", "t2/ben"),
        "ticket": ("status priority", "t2"),
        "saved_view": ("name query", ""),
    },
    "sol": {
        "participant": ("last_read_seq starred", "t1/sol t4/sol"),
        "ticket": ("status priority type", "t1 t4"),
        "ticket_note": ("body updated_by updated_at event_id", "t1 t4"),
        "ticket_field": ("value updated_at", "t1/field"),
        "saved_view": ("name query", "view-of-sol"),
        "canned_reply": ("name body", "reply-of-sol"),
    },
    "sia": {
        "participant": ("last_read_seq starred", "t3/sia t4/sia"),
        "ticket": ("status priority type", "t3 t4"),
        "ticket_note": ("body updated_by updated_at event_id", ""),
        "ticket_field": ("value updated_at", "t3/field"),
        "saved_view": ("name query", ""),
        "canned_reply": ("name body", ""),
    },
    "abe": {
        "user": ("active role", "bea ben sol sia ada abe max"),
        "session": ("ended_at", "session-of-bea"),
        "invitation": ("revoked_at", "pending"),
        "participant": ("last_read_seq starred", "t1/abe t4/abe"),
        "ticket": ("status priority type category_id assignee_id team_id due_at", "t1 t2 t3 t4"),
        "category": ("name", "shipping"),
        "tag": ("name hue description", "refund carrier"),
        "ticket_note": ("body updated_by updated_at event_id", "t1 t2 t4"),
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
        "ticket_tag": "t1/refund t4/refund",
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
        "ticket_tag": "t1/refund t2/carrier t4/refund",
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
    "bea": ("t1/bea/4", "bea"), "ben": ("t2/ben/2", ""),
    "sol": ("t1/sol/1 t4/sol/1 t4/sol/2", "sol"), "sia": ("t3/sia/2 t4/sia/3", ""),
    "abe": ("t4/abe/1", "abe"),
}.items():  # fmt: skip
    SEEN[_name]["notification"], SEEN[_name]["notification_preference"] = _told, _choices
    CHANGED[_name]["notification"] = ("read_at", _told)
    CHANGED[_name]["notification_preference"] = (
        "mentions messages assignments statuses sound browser", _choices,
    )  # fmt: skip

# What one said is one's own to change; an admin may take back anybody's, but reword nobody's.
for _name, _said in {
    "bea": "t1-description t4-description", "ben": "t2-description", "sol": "t1-staff",
    "sia": "t3-description", "abe": SEEN["abe"]["message"],
}.items():  # fmt: skip
    CHANGED[_name]["message"] = ("body deleted_at mentions", _said)
    DELETED[_name]["reaction"] = SEEN["sol"]["reaction"] if _name == "sol" else ""

# When somebody was here is known to those who share a conversation with them, as far as they know.
for _name, _known in {
    "bea": "bea sol sia ada", "ben": "ben ada", "sol": "bea sol sia ada abe",
    "sia": "sia ada bea sol", "abe": "bea ben sol sia ada abe max",
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

# What one asks for and complains of oneself, and whether one is blocked; admins see all of it, and
# decide what waits.
for _name, (_requests, _reports, _blocks) in {
    "bea": ("", "", ""), "ben": ("request-of-ben", "", ""), "sol": ("", "report-of-sol", ""),
    "sia": ("request-of-sia", "", ""),
    "abe": ("request-of-ben request-of-sia", "report-of-sol", "max"),
}.items():  # fmt: skip
    SEEN[_name]["join_request"], SEEN[_name]["abuse_report"] = _requests, _reports
    SEEN[_name]["block"] = _blocks
CHANGED["abe"]["join_request"] = ("state word decided_by decided_at", "request-of-sia")
CHANGED["abe"]["abuse_report"] = ("state decided_by decided_at", "report-of-sol")
DELETED["abe"]["block"] = "max"

ACTORS = tuple(SEEN)

ROLES = ("app", "nobody", "buyer", "seller", "admin")
