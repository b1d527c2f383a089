"""Measures the panel core on MicroPython: how long each kind of input takes, and how much memory it allocates.

Run by `hemlarm bench panel-input` as a panel's firmware is run: compiled core, board's heap, collections as in app.py.
The world sends ["measure", {config, code, tag}] and gets ["values", phase, kind, 32-bit integers], microseconds in the
phases "warm-up", "day" and "times" and the bytes allocated in "bytes"; ["progress", done, total]; and at the end
["floors", ns of a call, ns of a code's digests, batch]. The first floor is a call of a function that takes such an
input, a tuple, and returns a list with one tuple. Unchanged samples are too quick for the clock and timed in batches.
Radio frames are opened as app.py does it, codes hashed with the slow hash of the product.
"""

import array
import gc
import time

from board_stream import BoardStream, with_bytes  # type: ignore[import-not-found]

from hemlarm_firmware.app import COLLECT_EVERY_BYTES
from hemlarm_firmware.panel import codes, config, inputs
from hemlarm_firmware.panel.core import Panel
from hemlarm_firmware.sensors.radio import Receiver
from hemlarm_protocol import sensor_frames
from hemlarm_protocol.crypto import sha256
from hemlarm_protocol.sensor_radio import SensorEnd

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# A day of the mix: hours with doors and motion, then what people do at the keypad some times a day, and a smoke alarm.
_HOURS = 24
_DOORS_AN_HOUR = 4
_ERRANDS = 4
_TIMED_EACH = 12  # Inputs of each rarer kind, beside those of the day.
_WEIGHED_EACH = 3

# With the collector held, the garbage of one slow hash would fill the heap: these are not weighed.
_HASHED = ("right code", "wrong code", "tag", "menu opens")

_BATCH = 100
_LOT = 128
_FLOOR_CALLS = 1000
_FLOOR_ROUNDS = 21
_STEP_MS = 1000
_SETTLED_MS = 401
_EXIT_MS = 305_000
_NORMAL_OHMS = {"5k6": 5600, "2k2/4k7": 2200, "4k7/4k7": 4700, "1k/1k": 1000}
_OPEN_OHMS = {"5k6": 1, "2k2/4k7": 6900, "4k7/4k7": 9400, "1k/1k": 2000}
_ROOM_TENTHS = 200
_WRONG_CODE = "9876"
_NOON_S = 1_795_431_600
_FIRE, _ARMED, _WRONG, _DISARMED = 1111, 3401, 1461, 1401


class Meter:
    """Runs steps of the core, and tells the world of each what it took. `phase` says what for; in "bytes" it weighs."""

    def __init__(self, tell: "Callable[..., None]") -> None:
        self.phase = "warm-up"
        self._tell = tell
        self._kept: dict[str, array.array[int]] = {}

    def run(self, kind: str, step: "Callable[..., Any]", first: "Any", second: "Any") -> "Any":
        """Call `step` and note it as an input of this kind; returns what it returns."""
        if self.phase != "bytes":
            began = time.ticks_us()  # type: ignore[attr-defined]
            result = step(first, second)
            self._keep(kind, time.ticks_diff(time.ticks_us(), began))  # type: ignore[attr-defined]
        elif kind in _HASHED:
            result = step(first, second)
        else:
            gc.collect()
            gc.disable()
            before = gc.mem_alloc()  # type: ignore[attr-defined]
            result = step(first, second)
            allocated = gc.mem_alloc() - before  # type: ignore[attr-defined]
            gc.enable()
            self._keep(kind, allocated)
        return result

    def begin(self, phase: str) -> None:
        """From here on it is for this."""
        for kind, values in self._kept.items():
            if values:
                self._send(kind)
        self.phase = phase

    def _keep(self, kind: str, value: int) -> None:
        """Told in lots, so that the telling makes little garbage among what is measured."""
        if kind not in self._kept:
            self._kept[kind] = array.array("I")
        self._kept[kind].append(value)
        if len(self._kept[kind]) == _LOT:
            self._send(kind)

    def _send(self, kind: str) -> None:
        self._tell("values", self.phase, kind, bytes(self._kept[kind]))
        self._kept[kind] = array.array("I")


class House:
    """Drives one core with the inputs of a house, and sees to it that each did what it should."""

    def __init__(self, told: "dict[str, Any]", meter: Meter) -> None:
        self.meter = meter
        self.now_ms = 1000
        checked: Any = config.check(told.pop("config"))
        self._zones = checked["zones"]
        self._areas = [area["number"] for area in checked["areas"]]
        self._code: str = told["code"]
        self._tag: bytes = told["tag"]
        self._panel = Panel(checked)
        self._contact = self._find(lambda zone: zone["type"] == "instant" and self._is_plain(zone))
        self._door = self._find(lambda zone: zone["type"] == "entry" and zone["wiring"])
        self._motion = self._find(lambda zone: zone["type"] == "follower" and zone["wiring"])
        self._smoke = self._find(lambda zone: zone["type"] == "fire" and zone["wiring"] and not zone["verify"])
        by_radio = [zone for zone in self._zones if "radio" in zone]
        self._report = self._find(lambda zone: zone["sensor"] == "contact" and "radio" in zone)
        self._receiver = Receiver([(zone["radio"], zone["key"], zone["number"]) for zone in by_radio], _chance)
        self._ends = {
            zone["number"]: SensorEnd(zone["radio"], zone["key"], _chance, 0, lambda _reserved: None)
            for zone in by_radio
        }
        lines = [(zone["number"], _NORMAL_OHMS[zone["wiring"]]) for zone in self._zones if zone["wiring"]]
        self._panel.handle(("start", [], lines), self.now_ms)
        self.check_ins()

    def day(self) -> None:
        """The mix: what comes in on one day, without the samples that say nothing new."""
        for hour in range(_HOURS):
            self.check_ins()
            for _ in range(_DOORS_AN_HOUR):
                self.doors()
            if hour % (_HOURS // _ERRANDS) == 0:
                self.errand()
        self.smoke()

    def rarely(self) -> None:
        """Each of the rarer kinds once or twice."""
        self.doors()
        self.check_ins()
        self.errand()
        self.menu()
        self.smoke()
        self.unchanged()

    def doors(self) -> None:
        """A door, a motion detector, a contact and a radio sensor open and close."""
        for opened in (True, False):
            self._line("door", self._door, opened)
            self._line("motion", self._motion, opened)
            self._take("contact", ("zone", self._contact["number"], opened))
            self._radio("radio report", self._report["number"], sensor_frames.OPEN if opened else 0)
            self._passes(_STEP_MS)
        self._measure("wake", self._panel_wakes, None)

    def check_ins(self) -> None:
        """Every radio sensor repeats its state."""
        for zone in self._zones:
            if "radio" in zone:
                self._radio("radio check-in", zone["number"], 0)
        self._passes(_STEP_MS)

    def errand(self) -> None:
        """Somebody leaves and comes home, by code and by tag, and the app asks how things are."""
        self._enters("wrong code", _WRONG_CODE, "off", None)
        self._enters("right code", self._code, "away", _ARMED)
        self._passes(_EXIT_MS)
        self._enters("right code", self._code, "off", _DISARMED)
        self._expect(self._take("tag", ("tag", self._tag)), _ARMED)
        self._passes(_STEP_MS)
        self._expect(self._take("tag", ("tag", self._tag)), _DISARMED)
        self._take("command", ("command", inputs.VERB_STATUS, self._areas[0], 1))
        self._take("command", ("command", inputs.VERB_ARM_AWAY, self._areas[0], 1))
        self._take("command", ("command", inputs.VERB_DISARM, self._areas[0], 1))
        self._take("clock", ("clock", _NOON_S + self.now_ms // 1000))
        self._passes(_STEP_MS)

    def menu(self) -> None:
        """A menu is opened, leafed through and left; its modules are loaded and forgotten."""
        self._enters("menu opens", self._code, "ok", None)
        for key in ("down", "up", "back"):
            self._take("menu key", ("key", key))
        self._passes(_STEP_MS)

    def smoke(self) -> None:
        """A fire loop trips, the centre is informed, the alarm is silenced and cleared."""
        self._expect(self._line("smoke", self._smoke, True), _FIRE)
        self._take("informed", ("informed",))
        self._line("smoke clears", self._smoke, False)
        for _ in range(2):
            self._enters("right code", self._code, "off", None)
            self._passes(100_000)

    def unchanged(self) -> None:
        """Samples that say nothing new: a hundred a time, or one where memory is weighed."""
        line = ("line", self._door["number"], _NORMAL_OHMS[self._door["wiring"]])
        contact = ("zone", self._contact["number"], False)
        step = self._panel.handle if self.meter.phase == "bytes" else self._batch
        for kind, event in (("unchanged line", line), ("unchanged contact", contact)):
            self.meter.run(kind, step, event, self.now_ms)

    def _batch(self, event: "tuple[Any, ...]", now_ms: int) -> None:
        for _ in range(_BATCH):
            self._panel.handle(event, now_ms)

    def _enters(self, kind: str, digits: str, key: str, qcode: "int | None") -> None:
        for digit in digits:
            self._take("digit", ("key", digit))
        outputs = self._take(kind, ("key", key))
        if qcode:
            self._expect(outputs, qcode)

    def _line(self, kind: str, zone: "dict[str, Any]", opened: bool) -> "list[Any]":
        """The sample starts the filter, and the wake at its end does what follows: that is noted as the kind."""
        ohms = (_OPEN_OHMS if opened else _NORMAL_OHMS)[zone["wiring"]]
        self._take("line moves", ("line", zone["number"], ohms))
        self.now_ms += _SETTLED_MS
        outputs: list[Any] = self._measure(kind, self._panel_wakes, None)
        return outputs

    def _radio(self, kind: str, number: int, flags: int) -> None:
        """One exchange with a sensor. Opening the frame belongs to the input; what happens in the sensor does not."""
        end = self._ends[number]
        value = _ROOM_TENTHS if self._zone(number)["type"] == "temperature" else None
        end.changed(flags, value, self.now_ms)
        self.now_ms = max(self.now_ms, end.deadline_ms())
        end.wake(self.now_ms)
        frames = end.to_send()
        while frames:
            self._measure(kind, self._hear, frames.pop())
            for reply in self._receiver.replies:
                end.received(reply, self.now_ms)
            self._receiver.replies.clear()
            frames = end.to_send()

    def _hear(self, frame: bytes, now_ms: int) -> "list[Any]":
        report = self._receiver.received(frame, now_ms)
        return [] if report is None else self._panel.handle((inputs.SENSOR,) + report, now_ms)  # noqa: RUF005

    def _passes(self, ms: int) -> None:
        end_ms = self.now_ms + ms
        while (due_ms := self._panel.deadline_ms()) is not None and due_ms <= end_ms:
            self.now_ms = max(self.now_ms, due_ms)
            self._measure("wake", self._panel_wakes, None)
        self.now_ms = end_ms

    def _panel_wakes(self, _nothing: None, now_ms: int) -> "list[Any]":
        return self._panel.wake(now_ms)

    def _take(self, kind: str, event: "tuple[Any, ...]") -> "list[Any]":
        outputs: list[Any] = self._measure(kind, self._panel.handle, event)
        return outputs

    def _measure(self, kind: str, step: "Callable[..., Any]", first: "Any") -> "Any":
        return self.meter.run(kind, step, first, self.now_ms)

    def _expect(self, outputs: "list[Any]", qcode: int) -> None:
        said = [output[1] for output in outputs if output[0] == "event"]
        assert qcode in said, f"event {qcode} was to come, but came {said}: the bench measures something else"

    def _find(self, fits: "Callable[[Any], Any]") -> "Any":
        return next(zone for zone in self._zones if fits(zone))

    def _zone(self, number: int) -> "Any":
        return self._find(lambda zone: zone["number"] == number)

    def _is_plain(self, zone: "dict[str, Any]") -> bool:
        return not zone["wiring"] and "radio" not in zone


def _chance(count: int) -> bytes:
    return b"\x5a" * count


def _floor(event: "tuple[Any, ...]", now_ms: int) -> "list[Any]":
    return [(event[0], now_ms)]


def _median_us(step: "Callable[[], None]", rounds: int) -> int:
    took = []
    for _ in range(rounds):
        began = time.ticks_us()  # type: ignore[attr-defined]
        step()
        took.append(time.ticks_diff(time.ticks_us(), began))  # type: ignore[attr-defined]
    median_us: int = sorted(took)[rounds // 2]
    return median_us


def _call_floor() -> None:
    event = ("zone", 1, False)
    for now_ms in range(_FLOOR_CALLS):
        _floor(event, now_ms)


def _hash_floor() -> None:
    """As many digests as one code costs, each of the key's block and a digest, and nothing else."""
    message = bytes(96)
    for _ in range(2 * codes.ITERATIONS):
        sha256(message)


def measure(told: "dict[str, Any]", tell: "Callable[..., None]") -> None:
    """Live the day and the rarer things, first with a watch and then with scales."""
    meter = Meter(tell)
    house = House(told, meter)
    house.rarely()
    meter.begin("day")
    house.day()
    meter.begin("times")
    for index in range(_TIMED_EACH):
        house.rarely()
        tell("progress", index + 1, _TIMED_EACH)
    meter.begin("bytes")
    for _ in range(_WEIGHED_EACH):
        house.rarely()
    meter.begin("over")
    floor = _median_us(_call_floor, _FLOOR_ROUNDS) * 1000 // _FLOOR_CALLS
    tell("floors", floor, _median_us(_hash_floor, _FLOOR_ROUNDS) * 1000, _BATCH)


def main() -> None:
    """Answer the world's one request."""
    gc.threshold(COLLECT_EVERY_BYTES)  # type: ignore[attr-defined]
    stream = BoardStream(open(3, "r+b"))  # noqa: SIM115  Open for the life of the process.
    measure(with_bytes(stream.receive()[1]), stream.post)


main()
