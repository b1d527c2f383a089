"""The uplink of a panel with two paths, its real session and supervisor, between two networks and a cloud, all faked.

Time is the event loop's own and passes only while nobody has anything to do.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from hemlarm_firmware.clock import Clock
from hemlarm_firmware.link import mqtt, two_paths
from hemlarm_protocol import cbor, contact_id, keys, messages, panel_topics, sealing
from hemlarm_protocol.path_names import IP, MOBILE
from hemlarm_protocol.two_path_end import TwoPathEnd
from session_support import FIRE, PANEL, ROOT_KEY, Chance, Cloud, Panel

LATENCY_S = 0.03
DOWN = panel_topics.down(PANEL.hex())
CONNACK, SUBACK = b"\x20\x02\x00\x00", b"\x90\x03\x00\x01\x00"


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose waiting takes no time."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0
        look = self._selector.select  # type: ignore[attr-defined]

        def select(timeout: float | None) -> Any:
            assert timeout is not None, "everybody waits for ever"
            self.now_s += timeout
            return look(0)

        self._selector.select = select  # type: ignore[attr-defined]

    def time(self) -> float:
        """Return seconds since the loop was made."""
        return self.now_s


class Network:
    """One path: `failure` is what connecting raises; through a `hole` nothing passes, and nobody is told."""

    def __init__(self) -> None:
        self.failure: Exception | None = None
        self.hole = False
        self.attempts = 0
        self.bytes = 0
        self.streams: list[FakeStream] = []

    def cut(self) -> None:
        """Break what is connected, and refuse what is tried."""
        self.failure = OSError("no route to host")
        for stream in self.streams[:]:
            stream.end()


class FakeStream:
    """A connection to the broker over one network."""

    def __init__(self, site: "Site", network: Network) -> None:
        self._site = site
        self._network = network
        self._arrived = bytearray()
        self._change = asyncio.Event()
        self._ended = False
        network.streams.append(self)

    async def read(self, n: int) -> bytes:
        while not self._arrived and not self._ended:
            self._change.clear()
            await self._change.wait()
        taken = bytes(self._arrived[:n])
        del self._arrived[:n]
        return taken

    def write_now(self, data: bytes) -> int:
        if self._ended:
            raise OSError("broken pipe")
        self._network.bytes += len(data)
        if not self._network.hole:
            asyncio.get_running_loop().call_later(LATENCY_S, self._site.broker_hears, self, bytes(data))
        return len(data)

    async def write(self, data: bytes) -> None:
        self.write_now(data)

    def close(self) -> None:
        self.end()

    def end(self) -> None:
        self._ended = True
        if self in self._network.streams:
            self._network.streams.remove(self)
        self._change.set()

    def says(self, data: bytes) -> None:
        """The broker sends."""
        if not self._network.hole:
            asyncio.get_running_loop().call_later(LATENCY_S, self._take, data)

    def _take(self, data: bytes) -> None:
        self._arrived += data
        self._change.set()


class FakeDriver:
    """Stands in for `modem.driver.Driver`: ready at once, and texts what it is given."""

    class air:  # noqa: N801  As the driver's attribute is called.
        @staticmethod
        def totals(_now_ms: int) -> tuple[int, ...]:
            return 0, 0, 0, 0, 0, 0, 0

    def __init__(self, modem: "Site", _settings: Any, _clock: Clock, _random: Any, told: Callable[..., None]) -> None:
        self.ready_for_sms = True
        self._site = modem
        self._told = told

    async def run(self) -> None:
        self._told("data", True)
        await asyncio.Event().wait()

    def configure(self, settings: Any) -> None:
        assert settings == {"apn": "", "pin": "1234"}

    def status(self) -> tuple[int, int, int, int]:
        return 1, 3, 87, 0

    async def connect(self, host: str, _port: int) -> FakeStream:
        assert host == "broker"
        return await self._site.stream(MOBILE)

    async def send_sms(self, number: str, octets: bytes) -> int:
        assert number == "+46701234567"
        if self._site.sms_fails:
            raise OSError("no SMS was sent")
        self._site.texts.append((self._site.now_ms, octets))
        asyncio.get_running_loop().call_later(2, self._told, "sms", self._site.sms_answer(octets), number)
        return 1


class TwoPathPanel(Panel):
    """A `Panel` with two paths."""

    def boot(self) -> None:
        self.boots += 1
        self.journal.restart()
        self.end: TwoPathEnd = TwoPathEnd(PANEL, ROOT_KEY, self.chance, self.journal, self._status)


class Site:
    """Board, watchdog, broker and cloud. `facts` are what the panel core would hear, `acked` when events were."""

    def __init__(self) -> None:
        self.random = Chance(5)
        self.panel = TwoPathPanel()
        self.cloud = Cloud()
        self.networks = {IP: Network(), MOBILE: Network()}
        self.store_is_down = False
        self.sms_fails = False
        self.facts: list[tuple[Any, ...]] = []
        self.acked: list[tuple[int, int]] = []
        self.texts: list[tuple[int, bytes]] = []
        self.hellos = 0
        self.uplink: two_paths.TwoPathUplink

    # The board.

    @property
    def now_ms(self) -> int:
        return round(asyncio.get_running_loop().time() * 1000)

    def ticks_ms(self) -> int:
        return self.now_ms

    def credentials(self) -> dict[str, object]:
        return {"panel": PANEL, "root_key": ROOT_KEY, "host": "broker", "port": 8883}

    def cameras(self) -> None:
        return None

    def modem(self) -> "Site":
        return self

    async def connect(self) -> FakeStream:
        return await self.stream(IP)

    def secure(self, line: FakeStream) -> FakeStream:
        return line

    def trace(self, what: str, *values: Any) -> None:
        pass

    def promise(self, _task: int, at_ms: int | None) -> None:
        assert at_ms is not None

    async def stream(self, path: int) -> FakeStream:
        network = self.networks[path]
        network.attempts += 1
        await asyncio.sleep(LATENCY_S)
        if network.failure:
            raise network.failure
        return FakeStream(self, network)

    def happened(self, fact: tuple[Any, ...]) -> None:
        if fact[0] == "acknowledged":
            self.acked.append((self.now_ms, fact[2]))
        elif fact[0] not in ("time", "opened"):
            self.facts.append(fact)

    # The other side.

    def broker_hears(self, stream: FakeStream, packet: bytes) -> None:
        """Take one packet, as the uplink writes them."""
        kind = packet[0] >> 4
        if kind == 1:
            stream.says(CONNACK)
        elif kind == 8:
            stream.says(SUBACK)
        else:
            at = 2 if packet[1] < 0x80 else 3
            self._cloud_hears(packet[at + 2 + int.from_bytes(packet[at : at + 2], "big") :])

    def sms_answer(self, octets: bytes) -> bytes:
        """Return the SMS that acknowledges the first event of another one."""
        kid, sealed = octets[:4], octets[4:68]
        number = sealing.open_numbered(self.panel.key, sealed)[0]
        key = keys.sms_key(ROOT_KEY, PANEL)
        item = cbor.encode([5, kid, [number, sealing.short_tag(sealed)]])
        return sealing.frame(key, sealing.seal_random(key, self.random(13), item))

    def _cloud_hears(self, frame: bytes) -> None:
        is_event = frame[:4] == self.panel.key.kid
        self.hellos += frame[:4] == keys.hello_key(ROOT_KEY, PANEL).kid
        if self.store_is_down and is_event:
            return
        self.cloud.heard([frame], self.now_ms)
        for fact in self.cloud.take_facts():
            if fact[0] == "opened":
                self.cloud.end._to_session(messages.Levels(22_500, 30_000_000))
        for answer in self.cloud.end.to_send():
            for network in self.networks.values():
                for stream in network.streams:
                    stream.says(mqtt.publish(DOWN, answer))

    # What tests do.

    def alarm(self) -> int:
        """Record a fire, as the performer does; returns when."""
        self.panel.event(FIRE, 1111)
        self.uplink.poke(contact_id.FIRE)
        return self.now_ms

    def told(self, *kinds: str) -> list[tuple[Any, ...]]:
        """Return the facts of these kinds."""
        return [fact for fact in self.facts if fact[0] in kinds]


def play(monkeypatch: pytest.MonkeyPatch, story: Callable[[Site], Any]) -> Site:
    """Run a story on a site whose uplink has been running for ten seconds."""
    monkeypatch.setattr(two_paths, "Driver", FakeDriver)
    site = Site()

    async def whole() -> None:
        board: Any = site
        clock = Clock(site.ticks_ms)
        uplink = two_paths.TwoPathUplink(board, PANEL.hex(), site.panel.end, clock, site.happened, board)
        uplink.configure({"apn": "", "sim_pin": "1234", "sms_to": "+46701234567"})
        site.uplink = uplink
        running = asyncio.create_task(uplink.run())
        await asyncio.sleep(10)
        uplink.paths.waits_ms = None
        site.facts.clear()
        told = asyncio.create_task(story(site))
        await asyncio.wait([running, told], return_when=asyncio.FIRST_COMPLETED)
        await told if told.done() else running
        running.cancel()

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(whole())
    return site
