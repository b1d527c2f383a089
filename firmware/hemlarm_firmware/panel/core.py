"""The panel: takes inputs and the time, hands back what is to be reported, saved, shown and answered.

No I/O, no clock and no waiting. `site.py` guards, `sensing.py` hears the sensors, `keypad.py` the people; here they are
held together, with the commands of the cloud, the restart, and what follows from every step.
"""

from hemlarm_firmware.panel import codes, inputs, latch_tables, snapshot, tables, texts, view
from hemlarm_firmware.panel.cause import Cause
from hemlarm_firmware.panel.keypad import Keypad
from hemlarm_firmware.panel.sensing import Sensing
from hemlarm_firmware.panel.site import Site
from hemlarm_firmware.panel.users import Users
from hemlarm_protocol import contact_id

SnapshotError = snapshot.SnapshotError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from hemlarm_firmware.panel.cause import Output
    from hemlarm_firmware.panel.codes import Hasher
    from hemlarm_firmware.panel.config import Config

_KEYPAD_ALARMS = {"fire": latch_tables.FIRE, "hold-up": latch_tables.HOLD_UP}


class Panel:
    """The alarm of one site.

    `config` comes from `config.check`, `state` is an earlier `snapshot()` or None. `hash_code` is the slow hash of user
    codes, another one only for tests. `before` is the panel that this one takes over from when only the configuration
    has changed. Raises SnapshotError for a snapshot of another version. Times are whole ms of a clock that never goes
    back; it may start anew with each Panel that has no `before`.
    """

    def __init__(
        self,
        config: "Config",
        state: "Any" = None,
        hash_code: "Hasher" = codes.hash_code,
        before: "Panel | None" = None,
    ) -> None:
        known = snapshot.readable(state)
        self.site = Site(config)
        self._texts = texts.load(config["language"])
        # The zones are the largest part by far, and the site has taken from them what it needs.
        config = {name: value for name, value in config.items() if name != "zones"}
        self._keypad = Keypad(config, Users(config, hash_code), self.site, known and known["keypad"])
        self._keypad_alarms: bool = config["keypad_alarms"]
        self._shown: dict[str, Any] = {}
        self._resumed = False
        self._nothing: list[Output] = []  # Handed out when an input says nothing new; nobody may fill it.
        if known is not None:
            snapshot.restore(self.site, known)
        if before is not None:
            self._take_over(before)
        self._sensing = Sensing(self.site)
        self._saved = self.snapshot() if state is None else state
        self._deadline_ms: int | None = None

    def handle(self, event: "Sequence[Any]", now_ms: int) -> "list[Output]":
        """Takes one input and returns the outputs, in the order to perform them.

        A sample that says nothing new costs no memory. Inputs of an unknown kind, zone or key have no effect.
        """
        kind = event[0]
        if (kind == inputs.LINE or kind == inputs.ZONE) and self._says_nothing_new(event, now_ms):
            assert not self._nothing
            return self._nothing
        cause = Cause(now_ms)
        if kind == inputs.START:
            self._start(event, cause)
        self._run_due(cause)
        answers: list[Output] = []
        if kind == inputs.COMMAND:
            status, detail = self._command(event[1], event[2], event[3], cause)
            answers.append(("result", status, detail))
        else:
            take = _INPUTS.get(kind)
            if take:
                take(self, event, cause)
        self._run_due(cause)
        return self._outputs(cause) + answers + cause.requests

    def wake(self, now_ms: int) -> "list[Output]":
        """Does what is due; calling it early does nothing."""
        cause = Cause(now_ms)
        self._run_due(cause)
        return self._outputs(cause) + cause.requests

    def deadline_ms(self) -> "int | None":
        """When to call `wake`, or None. The clocks of a snapshot stand until the first input, ("start", ...)."""
        return self._deadline_ms

    def snapshot(self) -> "dict[int | str, Any]":
        """Everything that must outlive a restart, as a value for CBOR. Changes only when ("save",) was an output."""
        return snapshot.take(self.site, self._keypad.snapshot())

    def area_status(self, number: int) -> int:
        """An area's condition in one number, see `tables.status_number`. Raises KeyError for an unknown area."""
        area = self.site.area_of[number]
        return tables.status_number(area.state, area.mode, self.site.latches[latch_tables.FIRE].state)

    def knows_zones_of(self, config: "Config") -> bool:
        """Whether this panel knows of every zone of that configuration whether it is open."""
        for item in config["zones"]:
            zone = self.site.zone_of.get(item["number"])
            if not item.get("radio") and (zone is None or zone.supervise_ms or zone.wiring != item["wiring"]):
                return False
        return True

    def time_s(self, now_ms: int) -> "int | None":
        """Seconds since 1970 as the panel knows it, or None."""
        return self.site.time_s(now_ms)

    @property
    def waits_for_centre(self) -> bool:
        """Whether somebody at the keypad waits to see that the centre knows."""
        return self.site.informing.is_open

    # Inputs.

    def _says_nothing_new(self, event: "Sequence[Any]", now_ms: int) -> bool:
        if not self._resumed or (self._deadline_ms is not None and now_ms >= self._deadline_ms):
            return False
        return self._sensing.says_nothing_new(event, now_ms)

    def _zone(self, event: "Sequence[Any]", cause: Cause) -> None:
        self._sensing.zone(event[1], event[2], cause)

    def _line(self, event: "Sequence[Any]", cause: Cause) -> None:
        self._sensing.line(event[1], event[2], cause)

    def _sensor(self, event: "Sequence[Any]", cause: Cause) -> None:
        self._sensing.sensor(event[1], event[2], event[3], cause)

    def _button(self, event: "Sequence[Any]", cause: Cause) -> None:
        self._sensing.button(event[1], cause)

    def _key(self, event: "Sequence[Any]", cause: Cause) -> None:
        if event[1] not in _KEYPAD_ALARMS:
            self._keypad.key(event[1], cause)
        elif self._keypad_alarms:
            cause.acts_for(0, contact_id.SOURCE_KEYPAD)
            self.site.keypad_alarm(_KEYPAD_ALARMS[event[1]], cause)
            cause.acts_for(0, contact_id.SOURCE_PANEL)

    def _tag(self, event: "Sequence[Any]", cause: Cause) -> None:
        self._keypad.tag(event[1], cause)

    def _recalled(self, event: "Sequence[Any]", cause: Cause) -> None:
        self._keypad.recalled(event[1], cause)

    def _clock(self, event: "Sequence[Any]", cause: Cause) -> None:
        self.site.set_clock(event[1], cause.now_ms)

    def _informed(self, _event: "Sequence[Any]", _cause: Cause) -> None:
        self.site.informing.informed()

    def _start(self, event: "Sequence[Any]", cause: Cause) -> None:
        """Takes what is open now as changes since the snapshot.

        What became due while the panel was down comes before that, but already sees the doors as they are now; and
        zones that have spoken in an alarm, or lie on the way of a delay, belong to it, even if its time ends here.
        """
        self._shown = {}
        changed = self._sensing.start(event[1], event[2] if len(event) > 2 else [])
        spoken = [zone for zone in changed if self.site.area_of[zone.area].has_part(zone)]
        for zone in spoken:
            self._sensing.moved(zone, cause)
        self._run_due(cause)
        self._sensing.started(cause)
        for zone in changed:
            if zone not in spoken:
                self._sensing.moved(zone, cause)

    def _take_over(self, before: "Panel") -> None:
        self.site.take_over(before.site)
        self._keypad.take_over(before._keypad)
        self._resumed = before._resumed

    # Commands of the cloud.

    def _command(self, verb: int, argument: int, user: int, cause: Cause) -> "tuple[int, int]":
        """Returns (status, detail): of a refused arming the zone that refuses, else the area's status or 0."""
        if verb not in inputs.VERBS:
            return inputs.UNKNOWN_VERB, 0
        cause.acts_for(user, contact_id.SOURCE_COMMAND)
        if verb >= inputs.VERB_BYPASS:
            answer = self._site_command(verb, argument, cause)
        elif argument in self.site.area_of:
            answer = self._area_command(verb, argument, cause)
        else:
            answer = inputs.BAD_ARGUMENT, 0
        cause.acts_for(0, contact_id.SOURCE_PANEL)
        return answer

    def _area_command(self, verb: int, number: int, cause: Cause) -> "tuple[int, int]":
        area = self.site.area_of[number]
        if verb == inputs.VERB_DISARM:
            self.site.disarm_areas([area], False, cause)
        elif verb == inputs.VERB_SILENCE:
            area.silence(cause)
            self.site.silence_latches(cause)
        elif verb in inputs.ARMING_VERBS:
            mode = inputs.ARMING_VERBS[verb]
            if area.is_armed_in(mode):
                return inputs.DONE, self.area_status(number)
            if area.state != tables.DISARMED:
                return inputs.REFUSED, 0
            blocker = self.site.arm_area(area, mode, cause)
            if blocker:
                return inputs.REFUSED, blocker.number
        return inputs.DONE, self.area_status(number)

    def _site_command(self, verb: int, argument: int, cause: Cause) -> "tuple[int, int]":
        done = True
        if verb in (inputs.VERB_BYPASS, inputs.VERB_UNBYPASS):
            if argument not in self.site.zone_of:
                return inputs.BAD_ARGUMENT, 0
            done = self.site.bypass(argument, verb == inputs.VERB_BYPASS, cause)
        elif argument not in (0, 1):
            return inputs.BAD_ARGUMENT, 0
        elif verb == inputs.VERB_CHIME:
            self.site.set_chime(bool(argument))
        elif argument:
            done = self.site.begin_walk_test(cause)
        else:
            self.site.end_walk_test(cause)
        return (inputs.DONE if done else inputs.REFUSED), 0

    # Time.

    def _run_due(self, cause: Cause) -> None:
        if not self._resumed:
            self._resumed = True
            self._keypad.resume(cause.now_ms)
            self.site.resume(cause)
        self._sensing.run_due(cause)
        self.site.run_due(cause)
        self._keypad.run_due(cause.now_ms)

    def _plan(self, now_ms: int) -> None:
        times = self.site.deadlines() + self._sensing.deadlines() + view.deadlines(self.site, now_ms)
        times.append(self._keypad.deadline_ms())
        known = [time for time in times if time is not None]
        self._deadline_ms = min(known) if known else None

    # Outputs.

    def _outputs(self, cause: Cause) -> "list[Output]":
        now_ms = cause.now_ms
        out = cause.events
        state = self.snapshot()
        if state != self._saved:
            self._saved = state
            out.append(("save",))
        indoor = view.siren(self.site, now_ms, outdoor=False)
        if indoor != "off" and self._shown.get("siren") in (None, "off"):
            self._keypad.alarm_begins()
        self._show(out, "siren", indoor)
        self._show(out, "outdoor", view.siren(self.site, now_ms, outdoor=True))
        self._show(out, "display", self._lines())
        for name, on in view.lamps(self.site):
            self._show(out, "lamp", (name, on), name)
        self._show(out, "buzzer", view.buzzer(self.site, now_ms))
        out += cause.shows
        if cause.buzz:
            out.append(("show", "buzzer", cause.buzz))
        self._plan(now_ms)
        return out

    def _show(self, out: "list[Output]", output: str, value: "Any", lamp: str = "") -> None:
        key = lamp or output
        if self._shown.get(key) != value:
            self._shown[key] = value
            out.append(("show", output, value))

    def _lines(self) -> "tuple[str, str]":
        """What the keypad has to say to the person who uses it goes before the state."""
        said = self._keypad.lines()
        if said is not None:
            return said
        text, number = view.text(self.site)
        zone = self.site.zone_of.get(number) if text != texts.WALK_LEFT else None
        return texts.lines(self._texts, text, number, zone.name if zone else "")


_INPUTS = {
    inputs.ZONE: Panel._zone,
    inputs.LINE: Panel._line,
    inputs.SENSOR: Panel._sensor,
    inputs.BUTTON: Panel._button,
    inputs.KEY: Panel._key,
    inputs.TAG: Panel._tag,
    inputs.RECALLED: Panel._recalled,
    inputs.CLOCK: Panel._clock,
    inputs.INFORMED: Panel._informed,
}
