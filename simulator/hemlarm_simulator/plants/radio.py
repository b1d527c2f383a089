"""Radio sensors and the air between them and the panel: frames get lost, batteries run low, sensors get out of reach.

A jammer is a strong signal on their channel: a frame that is on the air in the same moment collides with it and is
lost, in both directions, and the board reports that the channel is busy.

The sensor's end of the protocol is the one that a real sensor would run, so a panel hears real frames.
"""

from collections.abc import Callable

from hemlarm_protocol import sensor_frames
from hemlarm_protocol.sensor_radio import CHECK_IN_MS, LISTEN_MS, SensorEnd
from hemlarm_simulator.clock import Clock, Timer
from hemlarm_simulator.description import SensorDescription
from hemlarm_simulator.plants.wires import Send

_RSSI_DBM_MIN, _RSSI_DBM_MAX = -95, -55
"""Between a cellar and the next room: plausible for this band and power within a house."""

NOTICE_MS = 100
"""A board calls the channel busy when something else was on it for so long: much longer than any frame of ours."""

_CHECK_INS = 3
"""Check-ins within a sensor's supervision time, as `sensor_radio.CHECK_IN_MS` has them within an hour."""

_ROOM_TENTHS = 200

Chance = Callable[[int], bytes]


class Air:
    """All radio sensors of a house, and the panel's radio as `send` and `from_panel`."""

    def __init__(self, clock: Clock, send: Send, chance: Chance) -> None:
        self._clock = clock
        self._send = send
        self._chance = chance
        self._sensors: list[RadioSensor] = []
        self._jammed = False
        self._collisions = 0
        """How often a jammer has begun: what was on the air then is lost too."""
        self._reported = False

    def add(self, description: SensorDescription) -> "RadioSensor":
        """Gives a new sensor its place and its battery: it reports at once."""
        sensor = RadioSensor(description, self._clock, self._to_panel, self._chance)
        self._sensors.append(sensor)
        return sensor

    @property
    def jammed(self) -> bool:
        """Whether a jammer transmits."""
        return self._jammed

    def jam(self, on: bool) -> None:
        """A jammer begins or ends to transmit."""
        if on == self._jammed:
            return
        self._jammed = on
        if on:
            self._collisions += 1
            self._clock.call_in(NOTICE_MS, self._report)
        else:
            self._report()

    def panel_starts(self) -> None:
        """The board's receiver begins to listen; what it reported to a panel before is forgotten."""
        self._reported = False
        if self._jammed:
            self._clock.call_in(NOTICE_MS, self._report)

    def from_panel(self, frame: bytes) -> None:
        """The panel transmits: every sensor that listens hears it, unless it gets lost on the way."""
        for sensor in self._sensors:
            if not self._is_lost(sensor):
                self._after_air_time(frame, lambda sensor=sensor: sensor.hear(frame))  # type: ignore[misc]

    def _to_panel(self, sensor: "RadioSensor", frame: bytes) -> None:
        if not self._is_lost(sensor):
            self._after_air_time(frame, lambda: self._send("radio", frame, sensor.rssi_dbm))

    def _after_air_time(self, frame: bytes, heard: Callable[[], None]) -> None:
        """What follows from a frame once it was on the air as a whole, with no jammer at any moment of it."""
        collisions = self._collisions

        def end() -> None:
            if collisions == self._collisions:
                heard()

        if not self._jammed:
            self._clock.call_in(sensor_frames.air_time_ms(len(frame)), end)

    def _report(self) -> None:
        """The board says whether the channel is busy, if that is news."""
        if self._jammed != self._reported:
            self._reported = self._jammed
            self._send("noise", self._jammed)

    def _is_lost(self, sensor: "RadioSensor") -> bool:
        return not sensor.reachable or int.from_bytes(self._chance(2), "big") % 100 < sensor.loss_percent


class RadioSensor:
    """Connects a detector with the panel by radio."""

    def __init__(
        self,
        description: SensorDescription,
        clock: Clock,
        transmit: Callable[["RadioSensor", bytes], None],
        chance: Chance,
    ) -> None:
        self.reachable = True
        self.loss_percent = description.loss_percent
        self.rssi_dbm = _RSSI_DBM_MIN + int.from_bytes(chance(2), "big") % (_RSSI_DBM_MAX - _RSSI_DBM_MIN + 1)
        self._clock = clock
        self._transmit = transmit
        self._flags = 0
        self._value = _ROOM_TENTHS if description.kind == "temperature" else None
        supervise_min = description.fields.get("supervise_min")
        check_in_ms = CHECK_IN_MS if supervise_min is None else supervise_min * 60_000 // _CHECK_INS
        # A simulated sensor never loses its power, so what it reserves need not be kept anywhere.
        self._end = SensorEnd(
            description.radio_id, description.radio_key, chance, 0, lambda _reserved: None, check_in_ms
        )
        self._sent_ms = clock.now_ms
        self._timer: Timer | None = None
        self._end.changed(0, self._value, clock.now_ms)
        self._after()

    @property
    def flags(self) -> int:
        """What it would report now, as `sensor_frames` has it."""
        return self._flags

    @property
    def value(self) -> int | None:
        """What it measures now, in tenths of a degree Celsius; None where it measures nothing."""
        return self._value

    def alarm(self, on: bool) -> None:
        """The detector's alarm contact moves."""
        self._set(sensor_frames.OPEN, on)

    def tamper(self, on: bool) -> None:
        """The detector's tamper contact moves."""
        self._set(sensor_frames.TAMPER, on)

    def battery(self, low: bool) -> None:
        """The battery runs low, or is new."""
        self._set(sensor_frames.BATTERY_LOW, low)

    def fault(self, faulty: bool) -> None:
        """The detector finds itself out of order, or in order again."""
        self._set(sensor_frames.FAULT, faulty)

    def button(self) -> None:
        """The detector's button is pressed and let go: the sensor keeps that until the panel knows."""
        self._set(sensor_frames.BUTTON, True)
        self._set(sensor_frames.BUTTON, False)

    def measured(self, tenths: int) -> None:
        """The thermometer's reading, in tenths of a degree Celsius."""
        self._value = tenths
        self._changed()

    def hear(self, frame: bytes) -> None:
        """A frame on the air, which is heard only as long after a report as the receiver is on."""
        if self._clock.now_ms - self._sent_ms <= LISTEN_MS:
            self._end.received(frame, self._clock.now_ms)
            self._after()

    def _set(self, flag: int, on: bool) -> None:
        self._flags = self._flags | flag if on else self._flags & ~flag
        self._changed()

    def _changed(self) -> None:
        self._end.changed(self._flags, self._value, self._clock.now_ms)
        self._after()

    def _wake(self) -> None:
        self._end.wake(self._clock.now_ms)
        self._after()

    def _after(self) -> None:
        """Transmits what there is, and plans the next time that the sensor does something by itself."""
        for frame in self._end.to_send():
            self._sent_ms = self._clock.now_ms
            self._transmit(self, frame)
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._clock.call_in(self._end.deadline_ms() - self._clock.now_ms, self._wake)
