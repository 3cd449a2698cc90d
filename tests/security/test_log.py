"""What the operator's log keeps."""

from __future__ import annotations

import asyncio
import uuid

import pytest

from supportdesk import cookies, routes
from tests.security.caller import (
    Caller,
    browser_of,
)
from tests.security.desk_world import (
    Planted,
)
from tests.security.handlers import enumerate_handlers
from tests.support.raw_browser import (
    ROOT_STATE,
)


@pytest.mark.parametrize(
    "beside", ["", "a=1; ", "a='; ", 'a="; ', "a='\"; ", "a=\\'\"; ", "a=\\; "]
)
async def test_the_log_keeps_no_session_whatever_cookie_stands_beside_it(http, planted, beside):
    session = f"a-session-that-must-not-be-kept-{uuid.uuid4()}"
    stranger = Caller(http, planted.desk.url)
    stranger.cookie = f"{beside}{cookies.SESSION}={session}"
    unknown = f"{ROOT_STATE}.no_such_handler_{uuid.uuid4().hex}"
    try:
        await stranger.connect(routes.LOGIN)
        await stranger.call(unknown, {})
        await stranger.answered()
        await until_logged(planted, unknown)
        assert session not in "".join(planted.desk.output)
    finally:
        await stranger.close()


async def until_logged(planted: Planted, text: str) -> None:
    async with asyncio.timeout(20):
        while text not in "".join(planted.desk.output):  # noqa: ASYNC110 - a process tells nobody
            await asyncio.sleep(0.02)


async def test_the_log_names_no_session(http, planted):
    """Neither of this person, nor of anybody whom the tests before this one were."""
    unknown = f"{ROOT_STATE}.no_such_handler_{uuid.uuid4().hex}"
    async with browser_of(http, planted, "max") as stranger:
        await stranger.connect(routes.LOGIN)
        await stranger.call(unknown, {})
        await until_logged(planted, unknown)
    log = "".join(planted.desk.output)
    assert [line for line in log.splitlines() if any(t in line for t in planted.tokens)] == []


async def test_nobody_writes_more_than_a_few_single_lines_into_the_log(http, planted):
    handlers = enumerate_handlers().handlers
    handler = next(name for name in handlers if name.endswith(".handle_frontend_exception"))
    report = "reported by a stranger\nERROR the desk is on fire"
    sent = 0
    async with browser_of(http, planted, "nobody") as stranger:
        await stranger.connect(routes.LOGIN)
        # Others may have used up what the log takes for the moment.
        while "reported by a stranger" not in "".join(planted.desk.output):
            for _ in range(30):
                await stranger.call(handler, {"info": report, "component_stack": ""})
            await stranger.answered()
            sent += 30
    lines = "".join(planted.desk.output).splitlines()
    assert [line for line in lines if line.startswith("ERROR the desk is on fire")] == []
    assert len([line for line in lines if "reported by a stranger" in line]) < sent / 2
