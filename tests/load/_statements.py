"""The statements of the app as its pool sends them: how long they take, and what they touch."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import event

from supportdesk.database.engine import get_engine, transaction
from supportdesk.domain.actor import Actor
from supportdesk.domain.queries.inbox import PLANNED


class Watch:
    def __init__(self) -> None:
        self.milliseconds = 0.0
        self._sent: list[tuple[str, Any]] = []
        self._engine = get_engine().sync_engine

    def __enter__(self) -> Watch:
        event.listen(self._engine, "before_cursor_execute", self._before)
        event.listen(self._engine, "after_cursor_execute", self._after)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._before)
        event.remove(self._engine, "after_cursor_execute", self._after)

    def restart(self) -> None:
        self.milliseconds, self._sent = 0.0, []

    @property
    def count(self) -> int:
        return len(self._sent)

    async def buffers(self, actor: Actor) -> int:
        """How many buffers the statements since `restart` touch, run once more."""
        plans = await self.plans(actor)
        return sum(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] for plan in plans)

    async def plans(self, actor: Actor) -> list[dict[str, Any]]:
        """The plans of the statements since `restart`, which are run once more."""
        sent = [(text, values) for text, values in self._sent if "set_config" not in text]
        found = []
        async with transaction(actor) as tx:
            await tx.execute(PLANNED)
            for text, values in sent:
                explained = await tx.exec_driver_sql(
                    f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {text}", values
                )
                found.append(explained.scalar_one()[0]["Plan"])
        return found

    def _before(self, _connection: Any, _cursor: Any, text: str, values: Any, *_: Any) -> None:
        self._sent.append((text, values))
        self._began = time.perf_counter()

    def _after(self, *_: Any) -> None:
        self.milliseconds += (time.perf_counter() - self._began) * 1000
