"""The limits, texts and hours that admins set, and that they hold where they matter."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from supportdesk.config import get_settings, override
from supportdesk.domain import attempts, files, rules
from supportdesk.domain.actor import Role
from supportdesk.domain.commands import amending, attachments, desk_rules, messages
from supportdesk.domain.commands.attachments import Sent
from supportdesk.domain.errors import Changed, Invalid, Refused, TooManyAttempts
from supportdesk.domain.ids import new_id
from supportdesk.domain.rule_words import in_words

NINE_TO_FIVE = [("09:00", "17:00")] * 5 + [("", "")] * 2


async def test_a_message_may_be_as_long_as_admins_say(cast, ticket):
    await messages.post(cast.bea, ticket, "x" * 30)
    await desk_rules.choose(cast.ada, "message_max_length", "20")
    with pytest.raises(Invalid, match="20 is the most"):
        await messages.post(cast.bea, ticket, "x" * 30)
    await desk_rules.choose(cast.ada, "message_max_length", "")
    await messages.post(cast.bea, ticket, "x" * 30)


async def test_a_message_may_be_changed_for_as_long_as_admins_say(cast, ticket, ask):
    said = await messages.post(cast.bea, ticket, "It flickers.")
    await amending.edit(cast.bea, said.id, "It flickers a lot.")
    before = ""
    for typed, told in (
        ("0", "No message can be changed. Write another one instead."),
        ("1", "A message can be changed for 1 minute. Write another one instead."),
        ("20", "A message can be changed for 20 minutes. Write another one instead."),
    ):
        await desk_rules.choose(cast.ada, "message_edit_minutes", typed, before)
        with pytest.raises(Refused) as refused:
            await amending.edit(cast.bea, said.id, "It flickers a little.")
        assert str(refused.value) == told
        # For the next ones, it is an hour old.
        ask("UPDATE message SET created_at = now() - interval '1 hour' WHERE id = %s", said.id)
        before = typed


def test_one_of_something_is_not_several():
    told = [in_words("message_files", count) for count in (1, 2, 1_000)]
    assert told == ["1 file", "2 files", "1,000 files"]
    assert in_words("message_edit_minutes", 1) == "1 minute"


async def test_files_are_as_large_many_and_of_such_kinds_as_admins_say(cast, ticket):
    files.check_size(Role.BUYER, 2_000_000)
    files.check_type(Role.BUYER, "image/png")
    for key, typed in (
        ("buyer_file_megabytes", "1"),
        ("buyer_file_types", "application/pdf,\n text/*"),
        ("buyer_storage_megabytes", "3"),
        ("message_files", "1"),
    ):
        await desk_rules.choose(cast.ada, key, typed)
    for refused in (
        lambda: files.check_size(Role.BUYER, 2_000_000),
        lambda: files.check_type(Role.BUYER, "image/png"),
        lambda: files.check_total(Role.BUYER, 3_000_001),
    ):
        with pytest.raises(Refused):
            refused()
    files.check_type(Role.BUYER, "text/plain")
    files.check_size(Role.SELLER, 2_000_000)
    with pytest.raises(Invalid, match="1 is the most"):
        attachments.check_sent([Sent(new_id(), "a"), Sent(new_id(), "b")])


async def test_one_may_try_to_sign_in_as_often_as_admins_say(cast):
    await desk_rules.choose(cast.ada, "sign_in_attempts_per_address", "3 in 2 hours")
    assert rules.now().sign_in_attempts_per_address == "3/2hours"
    for _ in range(3):
        attempts.spend("bea@demo.test", "10.0.0.1")
    with pytest.raises(TooManyAttempts):
        attempts.spend("bea@demo.test", "10.0.0.1")


async def test_another_limit_gives_nobody_a_new_run(cast):
    """Who was refused stays refused, and who was near the limit is as near to the new one."""
    for _ in range(5):
        attempts.spend("bea@demo.test", "")
    for _ in range(4):
        attempts.spend("ben@demo.test", "")
    for _ in range(30):
        attempts.blame("10.0.0.1")
    for key, typed in (
        ("sign_in_attempts_per_address", "5 in 1 hour"),
        ("sign_in_attempts_per_ip", "30 in 1 hour"),
        ("message_files", "7"),
    ):
        await desk_rules.choose(cast.ada, key, typed)
    for address, ip in (("bea@demo.test", ""), ("", "10.0.0.1")):
        with pytest.raises(TooManyAttempts):
            attempts.spend(address, ip)
    attempts.spend("ben@demo.test", "")
    with pytest.raises(TooManyAttempts):
        attempts.spend("ben@demo.test", "")
    # An admin who allows more lets them try as often as that.
    more = ("7 in 15 minutes", "5 in 1 hour")
    await desk_rules.choose(cast.ada, "sign_in_attempts_per_address", *more)
    for _ in range(2):
        attempts.spend("bea@demo.test", "")
    with pytest.raises(TooManyAttempts):
        attempts.spend("bea@demo.test", "")
    attempts.forgive("bea@demo.test")
    attempts.spend("bea@demo.test", "")


async def test_who_has_to_wait_is_told_how_long_by_the_limit_that_is_in_force(cast, monkeypatch):
    begin = int(time.time())

    def at(minute: int, *, second: int = 0) -> None:
        monkeypatch.setattr("time.time", lambda: begin + 60 * minute + second)

    def told() -> str:
        with pytest.raises(TooManyAttempts) as refused:
            attempts.spend("bea@demo.test", "")
        return str(refused.value).partition(" Try again ")[2]

    for minute in range(5):
        at(minute)
        attempts.spend("bea@demo.test", "")
    assert told() == "in 11 minutes."
    key, before = "sign_in_attempts_per_address", ""
    for typed, wait in (("3 in 5 minutes", "in 3 minutes."), ("3 in 15 minutes", "in 13 minutes.")):
        await desk_rules.choose(cast.ada, key, typed, before)
        assert told() == wait
        before = typed
    # And so it is.
    at(17, second=-1)
    assert told() == "in 1 second."
    at(17, second=1)
    attempts.spend("bea@demo.test", "")
    assert told() == "in 59 seconds."


@pytest.mark.parametrize("key", ["sign_in_attempts_per_address", "sign_in_attempts_per_ip"])
@pytest.mark.parametrize(
    "typed", ["1 in 1 minute", "2 in 15 minutes", "5 in 99999 days", "5 in 2 days",
              "5 in 25 hours", "5 in 1441 minutes"]
)  # fmt: skip
async def test_no_limit_keeps_the_last_admin_out(cast, ask, key, typed):
    """Who has mistyped a password may try again, soon enough to mend the limit."""
    with pytest.raises(Invalid, match="at least 3 attempts, in at most 1 day") as refused:
        await desk_rules.choose(cast.ada, key, typed)
    assert refused.value.field == "value"
    assert ask("SELECT count(*) FROM setting") == [0]


@pytest.mark.parametrize("typed", ["3 in 1 day", "3 in 24 hours", "3 in 1440 minutes", "9999/1day"])
async def test_a_limit_may_be_as_strict_as_that(cast, typed):
    await desk_rules.choose(cast.ada, "sign_in_attempts_per_ip", typed)


async def test_a_question_fits_into_the_shortest_messages_that_admins_can_allow(cast, ticket):
    with pytest.raises(Invalid, match="from 20 to 20,000 characters"):
        await desk_rules.choose(cast.ada, "message_max_length", "19")
    await desk_rules.choose(cast.ada, "message_max_length", "20")
    await messages.post(cast.bea, ticket, "Where is my order?")


async def test_the_largest_file_fits_into_what_a_person_may_keep(cast, ask):
    too_large = "A file of 300 megabytes would not fit into the 250 that"
    await desk_rules.choose(cast.ada, "buyer_storage_megabytes", "250")
    with pytest.raises(Invalid, match=too_large) as refused:
        await desk_rules.choose(cast.ada, "buyer_file_megabytes", "300")
    assert refused.value.field == "value"
    await desk_rules.choose(cast.ada, "seller_file_megabytes", "300")
    await desk_rules.choose(cast.ada, "buyer_storage_megabytes", "")
    await desk_rules.choose(cast.ada, "buyer_file_megabytes", "300")
    with pytest.raises(Invalid, match=too_large):
        await desk_rules.choose(cast.ada, "buyer_storage_megabytes", "250")
    assert ask("SELECT value FROM setting WHERE key LIKE 'buyer%%'") == [300]


async def test_two_who_set_a_size_each_leave_sizes_that_fit(cast, ask):
    done = await asyncio.gather(
        desk_rules.choose(cast.ada, "buyer_file_megabytes", "1500"),
        desk_rules.choose(cast.abe, "buyer_storage_megabytes", "1000"),
        return_exceptions=True,
    )
    assert [type(each) for each in done if each] == [Invalid]
    assert ask("SELECT count(*) FROM setting") == [1]


async def test_another_process_knows_once_it_reads(cast):
    await desk_rules.choose(cast.ada, "welcome", "Hello.")
    rules._keep({})  # As a process is that has not heard.
    assert rules.now().welcome == ""
    await rules.refresh()
    assert rules.now().welcome == "Hello."


async def test_an_admins_word_goes_before_the_operators(cast, monkeypatch):
    monkeypatch.setenv("SUPPORTDESK_MESSAGE_FILES", "7")
    override()
    try:
        assert rules.now().message_files == 7
        await desk_rules.choose(cast.ada, "message_files", "3")
        assert rules.now().message_files == 3
        assert rules.by_default().message_files == 7
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("message_max_length", "0"),
        ("message_max_length", "-5"),
        ("message_max_length", "20001"),
        ("message_max_length", "many"),
        ("message_max_length", "9" * 400),
        ("message_max_length", "٣"),
        ("sign_in_attempts_per_ip", "5"),
        ("sign_in_attempts_per_ip", "0 in 5 minutes"),
        ("sign_in_attempts_per_ip", "5 in 0 minutes"),
        ("admin_file_types", "everything"),
        ("admin_file_types", ","),
        ("admin_file_types", "../etc/passwd"),
        ("welcome", "x" * 2001),
    ],
)
async def test_what_cannot_be_a_rule_says_why_at_its_field(cast, ask, key, typed):
    with pytest.raises(Invalid) as refused:
        await desk_rules.choose(cast.ada, key, typed)
    assert refused.value.field == "value"
    assert ask("SELECT count(*) FROM setting") == [0]
    assert ask("SELECT count(*) FROM event") == [0]


@pytest.mark.parametrize("key", ["secret_key", "database_url", "hours", "", "__class__"])
async def test_nothing_else_can_be_set_in_this_way(cast, ask, key):
    with pytest.raises(Invalid):
        await desk_rules.choose(cast.ada, key, "5")
    assert ask("SELECT count(*) FROM setting") == [0]


@pytest.mark.parametrize("who", ["bea", "sol"])
async def test_only_admins_set_rules(cast, ask, who):
    with pytest.raises(Refused):
        await desk_rules.choose(getattr(cast, who), "welcome", "Mine.")
    with pytest.raises(Refused):
        await desk_rules.set_hours(getattr(cast, who), "UTC", NINE_TO_FIVE)
    assert ask("SELECT count(*) FROM setting") == [0]


async def test_the_log_tells_what_a_rule_was_and_is(cast, ask):
    for typed in ("5,000", "5000", "6 000", ""):
        await desk_rules.choose(cast.ada, "message_max_length", typed)
    told = "SELECT data->'from'->'message_max_length', data->'to'->'message_max_length' FROM event"
    assert ask(f"{told} WHERE kind = 'setting_changed' ORDER BY id") == [
        (None, 5000),
        (5000, 6000),
        (6000, None),
    ]


async def test_what_another_admin_has_just_set_is_not_overwritten(cast):
    await desk_rules.choose(cast.ada, "message_files", "3", expected="")
    with pytest.raises(Changed):
        await desk_rules.choose(cast.abe, "message_files", "4", expected="")
    assert rules.now().message_files == 3
    await desk_rules.choose(cast.abe, "message_files", "4", expected="3")
    assert rules.now().message_files == 4


async def test_who_was_overtaken_may_save_over_what_they_were_told(cast):
    await desk_rules.choose(cast.ada, "message_files", "3", expected="")
    with pytest.raises(Changed) as told:
        await desk_rules.choose(cast.abe, "message_files", "4", expected="")
    await desk_rules.choose(cast.abe, "message_files", "4", expected=told.value.now)
    assert rules.now().message_files == 4

    await desk_rules.set_hours(cast.ada, "Asia/Tokyo", NINE_TO_FIVE, {})
    with pytest.raises(Changed) as told:
        await desk_rules.set_hours(cast.abe, "Asia/Dubai", NINE_TO_FIVE, {})
    await desk_rules.set_hours(cast.abe, "Asia/Dubai", NINE_TO_FIVE, json.loads(told.value.now))
    assert rules.now().hours.timezone == "Asia/Dubai"


async def test_two_who_set_a_rule_at_once_take_turns(cast, ask):
    done = await asyncio.gather(
        desk_rules.choose(cast.ada, "welcome", "One.", expected=""),
        desk_rules.choose(cast.abe, "welcome", "Two.", expected=""),
        return_exceptions=True,
    )
    assert [type(each) for each in done if each] == [Changed]
    assert ask("SELECT count(*) FROM event WHERE kind = 'setting_changed'") == [1]


async def test_who_writes_out_of_hours_is_told(cast):
    assert rules.away_text() == ""
    await desk_rules.choose(cast.ada, "out_of_hours", "We are asleep.")
    assert rules.away_text() == "", "a desk without hours is never out of them"
    await desk_rules.set_hours(cast.ada, "Europe/Berlin", NINE_TO_FIVE)
    berlin = ZoneInfo("Europe/Berlin")
    for moment, told in (
        (datetime(2026, 3, 27, 8, 59, tzinfo=berlin), "We are asleep."),
        (datetime(2026, 3, 27, 9, 0, tzinfo=berlin), ""),
        (datetime(2026, 3, 27, 16, 59, 59, tzinfo=berlin), ""),
        (datetime(2026, 3, 27, 17, 0, tzinfo=berlin), "We are asleep."),
        (datetime(2026, 3, 28, 12, 0, tzinfo=berlin), "We are asleep."),
        # From the 29th on, Berlin is an hour further from UTC.
        (datetime(2026, 3, 27, 8, 0, tzinfo=UTC), ""),
        (datetime(2026, 3, 30, 7, 0, tzinfo=UTC), ""),
        (datetime(2026, 3, 27, 7, 0, tzinfo=UTC), "We are asleep."),
    ):
        assert rules.away_text(moment) == told, moment
    await desk_rules.set_hours(cast.ada, "Europe/Berlin", [("", "")] * 7)
    assert rules.away_text(datetime(2026, 3, 28, tzinfo=UTC) + timedelta(hours=3)) == ""


@pytest.mark.parametrize(
    ("timezone", "monday", "field"),
    [
        ("Mars/Olympus", ("09:00", "17:00"), "timezone"),
        ("UTC", ("09:00", ""), "monday"),
        ("UTC", ("17:00", "09:00"), "monday"),
        ("UTC", ("09:00", "09:00"), "monday"),
        ("UTC", ("nine", "five"), "monday"),
        ("UTC", ("25:00", "26:00"), "monday"),
    ],
)
async def test_hours_that_cannot_be_say_why_at_their_field(cast, ask, timezone, monday, field):
    days = [monday, *NINE_TO_FIVE[1:]]
    with pytest.raises(Invalid) as refused:
        await desk_rules.set_hours(cast.ada, timezone, days)
    assert refused.value.field == field
    assert ask("SELECT count(*) FROM setting") == [0]
