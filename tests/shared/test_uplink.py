"""The uplink on a network that takes nothing: the connection is given up, and the watchdog hears of it all the same."""

import asyncio

from hemlarm_firmware.clock import Clock
from hemlarm_firmware.link import connection, uplink
from hemlarm_firmware.watchdog import LINK
from session_support import Chance, Panel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_ANSWERS = [b"\x20\x02\x00\x00", b"\x90\x03\x00\x01\x00"]  # CONNACK and SUBACK of MQTT 3.1.1.


class Stalled:
    """A stream over which the broker answers, and that takes nothing any more from then on."""

    def __init__(self) -> None:
        self._answers = list(_ANSWERS)
        self.closed = False

    async def read(self, _n: int) -> bytes:
        if not self._answers:
            await asyncio.Event().wait()
        return self._answers.pop(0)

    def write_now(self, _data: bytes) -> int:
        return 0

    async def write(self, _data: bytes) -> None:
        if not self._answers:
            await asyncio.Event().wait()

    def close(self) -> None:
        self.closed = True


class Site:
    """Board and watchdog of an uplink in one; `told` are traces, promises and happenings."""

    def __init__(self) -> None:
        self.random = Chance(1)
        self.streams: list[Stalled] = []
        self.told: list[Any] = []

    async def connect(self) -> Stalled:
        self.streams.append(Stalled())
        return self.streams[-1]

    def trace(self, what: str, *values: "Any") -> None:
        self.told.append((what,) + values)

    def promise(self, task: int, at_ms: "int | None") -> None:
        assert task == LINK
        assert at_ms is not None

    def happened(self, fact: "tuple[Any, ...]") -> None:
        self.told.append(fact)


def _no_time() -> int:
    return 0


async def _given_up(site: "Any") -> None:
    link = uplink.Uplink(site, "00", Panel().end, Clock(_no_time), site.happened, site)
    task = asyncio.create_task(link.run())
    while not site.told:
        await asyncio.sleep(0)
    task.cancel()


def test_a_connection_whose_network_takes_nothing_is_given_up() -> None:
    site = Site()
    limit_s, connection.DRAIN_LIMIT_S = connection.DRAIN_LIMIT_S, 0
    try:
        asyncio.run(_given_up(site))
    finally:
        connection.DRAIN_LIMIT_S = limit_s
    assert site.told == [("link-down", "the network took nothing for 0 s")]
    assert [stream.closed for stream in site.streams] == [True]
