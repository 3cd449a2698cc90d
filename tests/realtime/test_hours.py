"""Working hours begin and end by the clock, which rings no bell, on screens that are open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from unittest.mock import AsyncMock

import pytest

from supportdesk.domain import rules
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.ids import new_id
from supportdesk.domain.queries.sessions import Viewer
from supportdesk.domain.rules import Hours
from supportdesk.realtime.hub import Hub
from supportdesk.realtime.screen import Screen


@pytest.fixture
def hours() -> Iterator[None]:
    week = [["09:00", "17:00"]] * 7
    rules._keep({"out_of_hours": "Gone home.", "hours": {"timezone": "UTC", "days": week}})
    yield
    rules._keep({})


async def test_their_end_and_their_beginning_are_told_once(
    hours: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = AsyncMock(spec=Screen)
    hub = Hub(screen)
    for role in (Role.BUYER, Role.SELLER):
        hub.connect(role.value, f"socket of a {role}", _viewer(role))
    day, open_at = datetime(2026, 3, 2, tzinfo=UTC), Hours.open_at

    async def sweep_at(hour: int) -> list[str]:
        """Sweep twice at that hour of the day: what buyers were told."""
        at = day + timedelta(hours=hour)
        monkeypatch.setattr(Hours, "open_at", lambda hours, _: open_at(hours, at))
        screen.show_rules.reset_mock()
        await hub.sweep()
        await hub.sweep()
        calls = [call.args for call in screen.show_rules.await_args_list]
        return [rules.away_text() for sockets, role in calls if role is Role.BUYER and sockets]

    assert await sweep_at(10) == []
    assert await sweep_at(17) == ["Gone home."]
    assert await sweep_at(20) == []
    assert await sweep_at(24 + 9) == [""]


def _viewer(role: Role) -> Viewer:
    expires_at = datetime.now(UTC) + timedelta(days=1)
    address = f"{role}@seed.test"
    return Viewer(new_id(), Actor(new_id(), role), role.label, address, "UTC", expires_at)
