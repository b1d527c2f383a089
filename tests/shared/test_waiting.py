"""Pauses that others may end. How long they last is tested in virtual time, where time can be told."""

import asyncio

from hemlarm_firmware.waiting import Pause

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

HOUR_MS = 3_600_000
LIMITS_MS = (None, HOUR_MS, 30 * 24 * HOUR_MS)


def story(coroutine: "Coroutine[Any, Any, list[str]]") -> "list[str]":
    """What a story told, in an event loop."""
    return asyncio.run(coroutine)


def test_a_pause_lasts_until_its_end_is_called_for() -> None:
    async def told() -> "list[str]":
        log = []
        pause = Pause()
        for limit_ms in LIMITS_MS:
            waiting = asyncio.create_task(pause.wait(limit_ms))
            for _ in range(3):
                await asyncio.sleep(0)
            log.append("over" if waiting.done() else "pauses")
            pause.end()
            await waiting
            log.append("over")
        return log

    assert story(told()) == ["pauses", "over"] * 3


def test_an_end_that_is_called_for_twice_is_no_end_of_the_next_pause() -> None:
    async def told() -> "list[str]":
        log = []
        pause = Pause()
        pause.end()
        for _ in range(2):
            waiting = asyncio.create_task(pause.wait(HOUR_MS))
            for _ in range(3):
                await asyncio.sleep(0)
            log.append("over" if waiting.done() else "pauses")
            pause.end()
            pause.end()
            await waiting
        return log

    assert story(told()) == ["pauses", "pauses"]


def test_a_pause_of_no_time_lets_the_others_have_their_turn() -> None:
    async def told() -> "list[str]":
        log: list[str] = []
        pause = Pause()

        async def other() -> None:
            log.append("other")

        task = asyncio.create_task(other())
        while not log:
            await pause.wait(0)
        await task
        return log

    assert story(told()) == ["other"]


def test_a_cancelled_pause_stays_cancelled_whatever_is_called_for_behind_it() -> None:
    async def told() -> "list[str]":
        log = []
        pause = Pause()
        for limit_ms in LIMITS_MS:
            for ended_first in (False, True):
                waiting = asyncio.create_task(pause.wait(limit_ms))
                await asyncio.sleep(0)
                if ended_first:
                    pause.end()
                waiting.cancel()
                pause.end()
                try:
                    await waiting
                except asyncio.CancelledError:
                    log.append("cancelled")
        return log

    assert story(told()) == ["cancelled"] * 6


def test_a_cancelled_pause_does_not_disturb_the_one_that_takes_its_place() -> None:
    async def told() -> "list[str]":
        pause = Pause()

        async def ender() -> None:
            await asyncio.sleep(0)
            pause.end()

        first = asyncio.create_task(pause.wait(HOUR_MS))
        await asyncio.sleep(0)
        first.cancel()
        task = asyncio.create_task(ender())
        await pause.wait(HOUR_MS)
        await task
        return ["over"]

    assert story(told()) == ["over"]
