"""The panel: takes inputs and the time, hands back what is to be reported, saved, shown and answered.

No I/O, no clock and no waiting. `site.py` guards, `sensing.py` hears the sensors, `keypad.py` the people; here they are
held together, with the commands of the cloud, the restart, and what follows from every step.
"""

from hemlarm_firmware.panel import codes, inputs, latch_tables, snapshot, tables, texts, view
from hemlarm_firmware.panel.cause import Cause
from hemlarm_firmware.panel.config import forget
from hemlarm_firmware.panel.countdown import earlier
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

_SAMPLES = (inputs.LINE, inputs.ZONE, inputs.POWER)
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
        self.remote_limits = config["remote_disarm"], config["remote_unlock"]
        self.keypad = Keypad(config, Users(config, hash_code), self.site, known and known["keypad"])
        self.keypad_alarms: bool = config["keypad_alarms"]
        self._shown: dict[str, Any] = {}
        self._said: view.Said | None = None  # The text of the state that the display shows.
        self._deadline_ms: int | None = None
        self._resumed = False
        self._nothing: list[Output] = []  # Handed out when an input says nothing new; nobody may fill it.
        if known is not None:
            snapshot.restore(self.site, known)
        if before is not None:
            self._take_over(before)
        self._sensing = Sensing(self.site)
        self._saved = self.snapshot() if state is None else state

    def handle(self, event: "Sequence[Any]", now_ms: int) -> "list[Output]":
        """Takes one input and returns the outputs, in the order to perform them.

        A sample that says nothing new costs no memory. Inputs of an unknown kind, zone or key have no effect.
        """
        kind = event[0]
        if kind in _SAMPLES and self._says_nothing_new(event, now_ms):
            assert not self._nothing
            return self._nothing
        cause = Cause(now_ms)
        if kind == inputs.START:
            self._start(event, cause)
        elif self._is_due(now_ms):
            self._run_due(cause)
        if kind in _SENSED:
            _SENSED[kind](self._sensing, event, cause)
        elif kind in _INPUTS:
            _INPUTS[kind](self, event, cause)
        else:
            self.site.contact.hear(event, cause)
        self._run_due(cause)
        return self._outputs(cause)

    def wake(self, now_ms: int) -> "list[Output]":
        """Does what is due; calling it early does nothing."""
        cause = Cause(now_ms)
        self._run_due(cause)
        return self._outputs(cause)

    def deadline_ms(self) -> "int | None":
        """When to call `wake`, or None. The clocks of a snapshot stand until the first input, ("start", ...)."""
        return self._deadline_ms

    def snapshot(self) -> "dict[int | str, Any]":
        """Everything that must outlive a restart, as a value for CBOR. Changes only when ("save",) was an output."""
        return snapshot.take(self.site, self.keypad.snapshot())

    @property
    def saved(self) -> "Any":
        """The `snapshot()` that the last ("save",) is about, to be left as it is. Costs no memory."""
        return self._saved

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
        if self._is_due(now_ms):
            return False
        if event[0] == inputs.POWER:
            return not self.site.power.sample(event, now_ms)
        return self._sensing.says_nothing_new(event, now_ms)

    def _power(self, event: "Sequence[Any]", cause: Cause) -> None:
        self.site.power.sample(event, cause.now_ms)

    def _network(self, event: "Sequence[Any]", _cause: Cause) -> None:
        self.site.power.network(event[1])

    def _key(self, event: "Sequence[Any]", cause: Cause) -> None:
        self.site.power.keypad_used(cause.now_ms)
        if event[1] not in _KEYPAD_ALARMS:
            self.keypad.key(event[1], cause)
        elif self.keypad_alarms:
            cause.acts_for(0, contact_id.SOURCE_KEYPAD)
            self.site.keypad_alarm(_KEYPAD_ALARMS[event[1]], cause)
            cause.acts_for(0, contact_id.SOURCE_PANEL)

    def _tag(self, event: "Sequence[Any]", cause: Cause) -> None:
        self.site.power.keypad_used(cause.now_ms)
        self.keypad.tag(event[1], cause)

    def _recalled(self, event: "Sequence[Any]", cause: Cause) -> None:
        self.keypad.recalled(event[1], cause)

    def _clock(self, event: "Sequence[Any]", cause: Cause) -> None:
        self.site.set_clock(event[1], cause.now_ms)

    def _informed(self, _event: "Sequence[Any]", _cause: Cause) -> None:
        self.site.informing.informed()

    def _start(self, event: "Sequence[Any]", cause: Cause) -> None:
        """Takes what is open now as changes since the snapshot.

        What became due while the panel was down comes before that, but already sees the doors as they are now; and
        zones that have spoken in an alarm, or lie on the way of a delay, belong to it, even if its time ends here.
        """
        self._shown, self._said = {}, None
        changed = self._sensing.start(event[1], event[2] if len(event) > 2 else [])
        spoken = [zone for zone in changed if self.site.area_of[zone.area].has_part(zone)]
        for zone in spoken:
            self._sensing.moved(zone, cause)
        self._run_due(cause)
        self._sensing.started(cause)
        if self.site.outputs is not None:
            self.site.outputs.show(cause)
        for zone in changed:
            if zone not in spoken:
                self._sensing.moved(zone, cause)

    def _take_over(self, before: "Panel") -> None:
        self.site.take_over(before.site)
        self.keypad.take_over(before.keypad)
        self._resumed = before._resumed
        self._deadline_ms = 0  # What the new configuration makes due is so at once.

    # Commands of the cloud.

    def _command(self, event: "Sequence[Any]", cause: Cause) -> None:
        """See `commands.py`; they are rare, and so is what they need in memory."""
        module = __import__("hemlarm_firmware.panel.commands", None, None, ("obey",))
        try:
            cause.request("result", *module.obey(self, event, cause))
        finally:
            forget(["commands"])

    def _lock(self, event: "Sequence[Any]", cause: Cause) -> None:
        if self.site.outputs is not None:
            self.site.outputs.says(event, cause)

    # Time.

    def _run_due(self, cause: Cause) -> None:
        if not self._resumed:
            self._resumed = True
            self.keypad.resume(cause.now_ms)
            self.site.resume(cause)
        self._sensing.run_due(cause)
        self.site.run_due(cause)
        self.keypad.run_due(cause.now_ms)

    def _is_due(self, now_ms: int) -> bool:
        return not self._resumed or (self._deadline_ms is not None and now_ms >= self._deadline_ms)

    def _plan(self, now_ms: int) -> None:
        at_ms = earlier(self.site.deadline_ms(), self._sensing.deadline_ms())
        at_ms = earlier(at_ms, view.deadline_ms(self.site, now_ms))
        at_ms = earlier(at_ms, self.site.power.deadline_ms)
        self._deadline_ms = earlier(at_ms, self.keypad.deadline_ms())

    # Outputs.

    def _outputs(self, cause: Cause) -> "list[Output]":
        out = cause.events
        siren = view.siren(self.site, cause.now_ms, False)
        buzzer = view.buzzer(self.site, cause.now_ms)
        self.site.power.run_due(cause, self.site, siren != "off" or buzzer != "off")
        if not snapshot.is_current(self._saved, self.site, self.keypad.snapshot()):
            self._saved = self.snapshot()
            out.append(("save",))
        if siren != "off" and self._shown.get("siren") in (None, "off"):
            self.keypad.alarm_begins()
        self._show(out, "siren", siren)
        siren = view.siren(self.site, cause.now_ms, True)
        self._show(out, "outdoor", siren)
        self._show_lines(out)
        self._show_lamps(out)
        self._show(out, "buzzer", buzzer)
        out += cause.shows
        if cause.buzz:
            out.append(("show", "buzzer", cause.buzz))
        out += cause.requests
        self._plan(cause.now_ms)
        return out

    def _show(self, out: "list[Output]", output: str, value: "Any") -> None:
        if self._shown.get(output) != value:
            self._shown[output] = value
            out.append(("show", output, value))

    def _show_lines(self, out: "list[Output]") -> None:
        """What the keypad has to say to the person who uses it goes before the state."""
        lines, said = self.keypad.lines(), None
        if lines is None:
            said = view.text(self.site)
            if said == self._said:
                return
            lines = self._lines_of(*said)
        self._said = said
        self._show(out, "display", lines)

    def _lines_of(self, text: int, number: int) -> "tuple[str, str]":
        zone = self.site.zone_of.get(number) if text != texts.WALK_LEFT else None
        return texts.lines(self._texts, text, number, zone.name if zone else "")

    def _show_lamps(self, out: "list[Output]") -> None:
        lit = view.lamps(self.site)
        changed = lit ^ self._shown.get("lamp", ~lit)
        if changed:
            self._shown["lamp"] = lit
            self._switch_lamps(out, lit, changed)

    def _switch_lamps(self, out: "list[Output]", lit: int, changed: int) -> None:
        for index, name in enumerate(view.LAMPS):
            if changed >> index & 1:
                out.append(("show", "lamp", (name, bool(lit >> index & 1))))


_SENSED = {
    inputs.ZONE: Sensing.zone,
    inputs.LINE: Sensing.line,
    inputs.SENSOR: Sensing.sensor,
    inputs.BUTTON: Sensing.button,
}
_INPUTS = {
    inputs.POWER: Panel._power,
    inputs.NETWORK: Panel._network,
    inputs.KEY: Panel._key,
    inputs.TAG: Panel._tag,
    inputs.RECALLED: Panel._recalled,
    inputs.CLOCK: Panel._clock,
    inputs.INFORMED: Panel._informed,
    inputs.COMMAND: Panel._command,
    inputs.LOCK: Panel._lock,
}
