"""Everything that somebody can do at a desk, and the events that come of it."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from sqlalchemy import insert

from supportdesk.database.engine import transaction
from supportdesk.demo.load import PASSWORD
from supportdesk.domain.actor import Role
from supportdesk.domain.commands import (
    amending,
    categories,
    credentials,
    desk_rules,
    erasing,
    exports,
    field_definitions,
    fields,
    filing,
    invitations,
    joining,
    messages,
    moderation,
    notes,
    participants,
    people,
    person_notes,
    reactions,
    replies,
    sessions,
    setup,
    tag_settings,
    tags,
    teams,
    templates,
    tickets,
    views,
)
from supportdesk.domain.commands.field_definitions import Definition
from supportdesk.domain.commands.filing import NewTicket
from supportdesk.domain.commands.templates import Template
from supportdesk.domain.errors import SignInFailed
from supportdesk.domain.ids import new_id
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import (
    Audience,
    AutoAssign,
    FieldDefinition,
    FieldKind,
    Priority,
    TicketType,
)
from supportdesk.domain.queries.moderation import moderation_for
from supportdesk.domain.queries.people_list import PeopleFilters, page_for
from supportdesk.domain.queries.sessions import viewer_for
from supportdesk.domain.queries.teams import teams_for

GOOD = "a lamp that flickers"


async def sign_in_and_out(cast) -> None:
    await sessions.sign_out((await sessions.open_session(cast.bea.user_id)).token)


async def guess() -> None:
    with suppress(SignInFailed):
        await sessions.sign_in("bea@demo.test", "not this one")


async def first_admin() -> None:
    await setup.create_first_admin(await setup.issue_link(), "first@demo.test", "Frida", GOOD)


async def fill_in(cast, ticket) -> None:
    definition = {"id": new_id(), "name": "Order", "kind": "text"}
    async with transaction(cast.ada) as tx:
        await tx.execute(insert(FieldDefinition).values(**definition))
    await fields.fill(cast.sol, ticket, definition["id"], "20311")


async def let_assign(cast, ticket) -> None:
    (team,) = await teams_for(cast.ada)
    await teams.choose_auto_assign(cast.ada, UUID(team.id), AutoAssign.ROUND_ROBIN)


async def change_ones_mind(cast, ticket) -> None:
    said = await messages.post(cast.sol, ticket, "It is the blub.")
    await amending.edit(cast.sol, said.id, "It is the bulb.")
    await reactions.toggle(cast.bea, said.id, "👍")
    await amending.delete(cast.sol, said.id)


async def keep_a_view(cast) -> None:
    view_id = await views.save(cast.bea, "Mine", "status=open")
    await views.rename(cast.bea, view_id, "Still mine")
    await views.delete(cast.bea, view_id)


async def settle_the_desk(cast) -> None:
    ada = cast.ada
    template = await templates.save(ada, None, Template("Late", TicketType.PROBLEM))
    await templates.set_active(ada, template, False)
    reply = await replies.save(ada, None, "Hello", "Hello.", shared=True)
    await replies.save(ada, reply, "Hello", "Good day.", shared=True)
    await replies.remove(ada, reply)
    field = await field_definitions.save(ada, None, Definition("Order", FieldKind.TEXT))
    await field_definitions.set_active(ada, field, False)
    category = await categories.save(ada, None, "Shipping")
    await categories.save(ada, category, "Parcels")
    tag = await tag_settings.save(ada, None, "Refund")
    await tag_settings.save(ada, tag, "Money back")
    await tag_settings.merge(ada, tag, other := await tag_settings.save(ada, None, "Back"))
    await tag_settings.delete(ada, other)
    await teams.delete(ada, await teams.save(ada, None, "Nights"))
    await desk_rules.choose(ada, "welcome", "Hello.")
    await exports.note_log(ada, "csv", "", 1)


async def invite_two(cast) -> None:
    token = await invitations.invite(cast.ada, Role.SELLER)
    await invitations.accept(token, "new@demo.test", "Nora", GOOD)
    await invitations.invite(cast.ada, Role.BUYER)
    page = await page_for(cast.ada, PeopleFilters(tuple(Role)))
    await invitations.revoke(cast.ada, UUID(page.invitations[0].id))


async def set_passwords(cast) -> None:
    person = cast.max.user_id
    await credentials.make_reset_link(cast.ada, person)
    await credentials.withdraw_reset_link(cast.ada, person)
    await credentials.reset(await credentials.make_reset_link(cast.ada, person), GOOD)
    opened = await sessions.open_session(cast.ben.user_id)
    await credentials.change(opened.token, "ben@demo.test", PASSWORD, GOOD)


async def note_about(cast) -> None:
    await person_notes.remove(
        cast.ada, await person_notes.add(cast.ada, cast.bea.user_id, "A regular.")
    )


async def end_sessions(cast) -> None:
    opened = await sessions.open_session(cast.bea.user_id)
    await people.end_session(cast.ada, (await viewer_for(opened.token)).session_id)
    await sessions.open_session(cast.bea.user_id)
    await people.end_sessions(cast.ada, cast.bea.user_id)


async def join(cast, ticket) -> None:
    for who in (cast.max, cast.sia):
        await joining.ask(who, "TC-0001", "Please.")
    first, second = (await moderation_for(cast.ada)).requests
    await joining.refuse(cast.ada, UUID(first.id), "No.")
    await joining.accept(cast.ada, UUID(second.id), Audience.EVERYONE)
    await participants.set_reads(cast.ada, ticket, cast.sia.user_id, Audience.STAFF)
    await participants.remove(cast.ada, ticket, cast.sia.user_id)


async def moderate(cast, ticket) -> None:
    said = await messages.post(cast.sol, ticket, "You are a lamp.")
    await moderation.report(cast.bea, said.id, "It hurts.")
    (report,) = (await moderation_for(cast.ada)).reports
    await moderation.block_reported(cast.ada, UUID(report.id))
    await moderation.unblock(cast.ada, cast.sol.user_id)
    await moderation.delete_chat(cast.ada, ticket, "TC-0001")
    await moderation.delete_ticket(cast.ada, ticket, "TC-0001")


# What somebody does, and the events that come of it, in order.
DEEDS = {
    "filing": (
        lambda cast, ticket: filing.file_ticket(cast.ben, NewTicket("Lamp", "Help.")),
        ["ticket_filed", "message_posted"],
    ),
    "writing": (
        lambda cast, ticket: messages.post(cast.sol, ticket, "Hello."),
        ["message_posted"],
    ),
    "changing one's mind": (
        change_ones_mind,
        ["message_posted", "message_edited", "reaction_changed", "message_deleted"],
    ),
    "moving": (
        lambda cast, ticket: tickets.set_status(cast.sol, ticket, Status.IN_PROGRESS),
        ["ticket_changed"],
    ),
    "closing": (lambda cast, ticket: tickets.close(cast.bea, ticket), ["ticket_changed"]),
    "hurrying": (
        lambda cast, ticket: tickets.set_priority(cast.bea, ticket, Priority.HIGH),
        ["ticket_changed"],
    ),
    "tagging": (
        lambda cast, ticket: tags.add(cast.sol, ticket, "Refund"),
        ["tag_created", "tags_changed"],
    ),
    "filling in": (fill_in, ["fields_changed"]),
    "noting": (
        lambda cast, ticket: notes.write(cast.ada, ticket, "Careful.", ""),
        ["notes_changed"],
    ),
    "letting a team assign": (let_assign, ["team_changed"]),
    "keeping a view": (
        lambda cast, ticket: keep_a_view(cast),
        ["view_saved", "view_changed", "view_deleted"],
    ),
    "settling the desk": (
        lambda cast, ticket: settle_the_desk(cast),
        [
            "template_created",
            "template_changed",
            "reply_created",
            "reply_changed",
            "reply_deleted",
            "field_created",
            "field_changed",
            "category_created",
            "category_changed",
            "tag_created",
            "tag_changed",
            "tag_created",
            "tag_merged",
            "tag_deleted",
            "team_created",
            "team_deleted",
            "setting_changed",
            "log_exported",
        ],
    ),
    "failing to sign in": (lambda cast, ticket: guess(), ["sign_in_failed"]),
    "joining and leaving": (
        join,
        [
            "join_requested",
            "join_requested",
            "join_refused",
            "person_added",
            "join_accepted",
            "reads_changed",
            "person_removed",
        ],
    ),
    "moderating": (
        moderate,
        [
            "message_posted",
            "abuse_reported",
            "report_decided",
            "person_blocked",
            "person_unblocked",
            "chat_deleted",
            "chat_emptied",
            "ticket_deleted",
        ],
    ),
    "locking out": (
        lambda cast, ticket: people.deactivate(cast.ada, cast.bea.user_id),
        ["person_deactivated"],
    ),
    "another role": (
        lambda cast, ticket: people.change_role(
            cast.ada, cast.max.user_id, Role.SELLER, Role.BUYER
        ),
        ["person_role_changed"],
    ),
    "another name": (
        lambda cast, ticket: people.rename(cast.bea, "Beatrice"),
        ["person_renamed"],
    ),
    "inviting": (
        lambda cast, ticket: invite_two(cast),
        ["person_invited", "invitation_accepted", "person_invited", "invitation_revoked"],
    ),
    "setting passwords": (
        lambda cast, ticket: set_passwords(cast),
        [
            "reset_link_made",
            "reset_link_withdrawn",
            "reset_link_made",
            "password_reset",
            "signed_in",
            "password_changed",
        ],
    ),
    "noting about somebody": (
        lambda cast, ticket: note_about(cast),
        ["person_note_added", "person_note_deleted"],
    ),
    "taking what is kept of somebody": (
        lambda cast, ticket: exports.note_person(cast.bea, cast.bea.user_id),
        ["person_exported"],
    ),
    "erasing somebody": (
        lambda cast, ticket: erasing.erase(cast.ada, cast.bea.user_id, "Bea"),
        ["person_erased"],
    ),
    "ending sessions": (
        lambda cast, ticket: end_sessions(cast),
        ["signed_in", "session_ended", "signed_in", "sessions_ended"],
    ),
    "signing in and out": (
        lambda cast, ticket: sign_in_and_out(cast),
        ["signed_in", "signed_out"],
    ),
    "signing up": (
        lambda cast, ticket: sessions.sign_up("new@demo.test", "Nora", GOOD),
        ["signed_up"],
    ),
}
