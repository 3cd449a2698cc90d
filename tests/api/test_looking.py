"""Looking into files: what goes wrong in a decoder is that file's fault, and no other's."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import anyio
import httpx
import pytest

from supportdesk.config import get_settings
from supportdesk.domain.file_kinds import Kind
from supportdesk.storage import looking
from supportdesk.storage.decoding import worker
from tests.api.conftest import SignIn
from tests.support import decoders, files
from tests.support.cast import Cast

_LATE_SECONDS = 30


@pytest.fixture
async def bea(sign_in: SignIn, cast: Cast) -> httpx.AsyncClient:
    return await sign_in(cast.bea)


async def test_a_decoder_that_goes_wrong_costs_that_file_and_no_other(
    bea: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = {decoders.never_ends: "_PATIENCE_SECONDS", decoders.never_rests: "_SECONDS"}
    for decoder in (decoders.wants_all_memory, decoders.aborts, *limits):
        with monkeypatch.context() as broken:
            broken.setattr(looking, "_ways", lambda decoder=decoder: {Kind.PICTURE: decoder})
            if decoder in limits:
                broken.setattr(looking, limits[decoder], 1)
            # Without the limit that is meant, the other would refuse it in the same words, late.
            async with asyncio.timeout(_LATE_SECONDS):
                refused = await files.upload(bea, "a.png", files.picture())
        assert refused.status_code == 422, decoder.__name__
        assert refused.json()["error"] == "This file is damaged, or is not what it says it is."
    assert (await files.upload(bea, "b.png", files.picture())).json()["width"] == 60


async def test_who_waits_for_a_turn_has_all_the_time_there_is_when_it_comes(
    bea: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    limiter, came = looking._limiter(), asyncio.Event()

    def coming() -> anyio.CapacityLimiter:
        came.set()
        return limiter

    with monkeypatch.context() as no_time:
        no_time.setattr(looking, "_PATIENCE_SECONDS", 0)
        no_time.setattr(looking, "_limiter", coming)
        async with AsyncExitStack() as turns:
            for turn in [object() for _ in range(looking._AT_ONCE)]:
                await limiter.acquire_on_behalf_of(turn)
                turns.callback(limiter.release_on_behalf_of, turn)
            waiting = asyncio.create_task(files.upload(bea, "a.png", files.picture()))
            await came.wait()
            no_time.undo()
    assert (await waiting).json().get("width") == 60


async def test_what_does_not_get_to_work_is_not_to_blame_for_that(
    bea: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "_ways", lambda: {Kind.PICTURE: decoders.waits_its_turn})
    monkeypatch.setattr(looking, "_SECONDS", 2)
    assert (await files.upload(bea, "a.png", files.picture())).json().get("width") == 60


# The pictures that take the most memory.
@pytest.mark.parametrize("form", ["WEBP", "PNG"])
async def test_a_picture_of_all_pixels_that_there_may_be_is_drawn_in_a_gigabyte(
    bea: httpx.AsyncClient, tmp_path: Path, form: str
) -> None:
    path = tmp_path / "large"
    path.write_bytes(files.picture(form, size=(10_000, 5_000), lossless=True))
    assert worker.memory_for(path, get_settings().image_megapixels) < 1_000_000_000
    kept = (await files.upload(bea, "large", path.read_bytes())).json()
    assert (kept["width"], kept["pictured"]) == (10_000, True)
