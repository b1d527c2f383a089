"""The panel: takes inputs and the time, hands back what is to be reported, saved, shown and answered.

No I/O, no clock and no waiting. The areas hold the alarm states; here are the keypad, the commands and the restart.
"""

from hemlarm_firmware.panel import codes, tables, texts, view
from hemlarm_firmware.panel.area import Area, Cause, Zone
from hemlarm_protocol import contact_id

SNAPSHOT_VERSION = 1

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from hemlarm_firmware.panel.area import Output
    from hemlarm_firmware.panel.codes import Hasher
    from hemlarm_firmware.panel.config import Config


class SnapshotError(ValueError):
    """A snapshot that this firmware cannot read; the text names its version. Start without one and report that."""


class Panel:
    """The alarm of one site.

    `config` comes from `config.check`, `state` is an earlier `snapshot()` or None. `hash_code` is the slow hash of user
    codes, another one only for tests. Raises SnapshotError for a snapshot of another version. Times are whole ms of a
    clock that never goes back; it may start anew with each Panel.
    """

    def __init__(self, config: "Config", state: "Any" = None, hash_code: "Hasher" = codes.hash_code) -> None:
        self._texts = texts.load(config["language"])
        self._salt: bytes = config["code_salt"]
        self._users: list[Config] = config["users"]
        self._hash_code = hash_code
        self._zones = {item["number"]: Zone(item) for item in config["zones"]}
        self._areas = [self._area(item, config["siren_s"]) for item in config["areas"]]
        self._area_of = {area.number: area for area in self._areas}
        self._lock = codes.Lock()
        self._notice: tuple[int, int] | None = None
        self._notice_end_ms: int | None = None
        self._shown: dict[str, Any] = {}
        self._resumed = False
        self._nothing: list[Output] = []  # Handed out when an input says nothing new; nobody may fill it.
        if state is not None:
            self._restore(state)
        self._saved = self.snapshot() if state is None else state

    def handle(self, event: "Sequence[Any]", now_ms: int) -> "list[Output]":
        """Takes one input and returns the outputs, in the order to perform them.

        An input that says nothing new costs no memory. Inputs of an unknown kind, zone or mode have no effect.
        """
        if event[0] == tables.INPUT_ZONE and self._says_nothing_new(event, now_ms):
            assert not self._nothing
            return self._nothing
        cause = Cause(now_ms)
        if event[0] == tables.INPUT_START:
            self._start(event[1], cause)
        self._run_due(cause)
        answers: list[Output] = []
        if event[0] == tables.INPUT_ZONE:
            self._zone(event[1], event[2], cause)
        elif event[0] == tables.INPUT_KEYS:
            self._keys(event[1], event[2], cause)
        elif event[0] == tables.INPUT_COMMAND:
            status, detail = self._command(event[1], event[2], event[3], cause)
            answers.append(("result", status, detail))
        self._run_due(cause)
        return self._outputs(cause) + answers

    def wake(self, now_ms: int) -> "list[Output]":
        """Does what is due; calling it early does nothing."""
        cause = Cause(now_ms)
        self._run_due(cause)
        return self._outputs(cause)

    def deadline_ms(self) -> "int | None":
        """When to call `wake`, or None. The clocks of a snapshot stand until the first input, ("start", ...)."""
        times = [area.deadline_ms() for area in self._areas]
        times += [self._lock.deadline_ms, self._notice_end_ms]
        known = [time for time in times if time is not None]
        return min(known) if known else None

    def snapshot(self) -> "dict[int | str, Any]":
        """Everything that must outlive a restart, as a value for CBOR. Changes only when ("save",) was an output."""
        return {
            "version": SNAPSHOT_VERSION,
            "areas": [area.snapshot() for area in self._areas],
            "wrong": self._lock.wrong,
            "locks": self._lock.locks,
            "locked": self._lock.locked,
        }

    def area_status(self, number: int) -> int:
        """An area's condition in one number, see `tables.status_number`. Raises KeyError for an unknown area."""
        return self._area_of[number].status()

    # Inputs.

    def _says_nothing_new(self, event: "Sequence[Any]", now_ms: int) -> bool:
        zone = self._zones.get(event[1])
        if zone is not None and zone.open != event[2]:
            return False
        return self._resumed and not self._is_due(now_ms)

    def _is_due(self, now_ms: int) -> bool:
        for area in self._areas:
            if _passed(area.time.next_ms(), now_ms) or _passed(area.fire_time.next_ms(), now_ms):
                return True
        return _passed(self._lock.deadline_ms, now_ms) or _passed(self._notice_end_ms, now_ms)

    def _zone(self, number: int, opened: bool, cause: Cause) -> None:
        zone = self._zones.get(number)
        if zone is not None and zone.open != opened:
            zone.open = opened
            self._area_of[zone.area].zone_changed(zone, cause)

    def _start(self, zones_open: "Sequence[int]", cause: Cause) -> None:
        """Takes what is open now as changes since the snapshot; a door before the motion behind it, as people enter.

        What became due while the panel was down comes before that, but already sees the doors as they are now; and
        zones that have spoken in an alarm belong to that alarm, even if its time ends here.
        """
        self._shown = {}
        changed = [zone for zone in self._zones.values() if zone.open != (zone.number in zones_open)]
        changed.sort(key=_doors_first)
        for zone in changed:
            zone.open = not zone.open
        spoken = [zone for zone in changed if zone.number in self._area_of[zone.area].reported]
        for zone in spoken:
            self._area_of[zone.area].zone_changed(zone, cause)
        self._run_due(cause)
        for zone in changed:
            if zone not in spoken:
                self._area_of[zone.area].zone_changed(zone, cause)

    def _keys(self, digits: str, mode: str, cause: Cause) -> None:
        """A code at the keypad, which belongs to all areas: it arms or disarms them together, or none."""
        if mode not in tables.KEYPAD_MODES or self._lock.locked:
            return
        user = self._user_of(digits)
        if not user:
            self._count_wrong_code(cause)
            return
        self._lock.forgive()
        self._end_notice()
        cause.source, cause.user = contact_id.SOURCE_KEYPAD, user
        wanted = tables.KEYPAD_MODES[mode]
        if wanted is None:
            for area in self._areas:
                area.disarm(cause)
        else:
            self._arm_all(wanted, cause)
        cause.source, cause.user = contact_id.SOURCE_PANEL, 0

    def _user_of(self, digits: str) -> int:
        """The number of the user whose code this is; 0 when it is nobody's."""
        if not codes.is_code(digits):
            return 0
        hashed = self._hash_code(digits, self._salt)
        for user in self._users:
            if user["hash"] == hashed:
                number: int = user["number"]
                return number
        return 0

    def _count_wrong_code(self, cause: Cause) -> None:
        self._show_notice(texts.WRONG_CODE, 0, cause.now_ms)
        if self._lock.count_wrong(cause.now_ms):
            detail = min(self._lock.locks, 255)
            cause.events.append(("event", 1461, 0, 0, 0, contact_id.SOURCE_KEYPAD, detail))

    def _arm_all(self, mode: int, cause: Cause) -> None:
        areas = [area for area in self._areas if area.state == tables.DISARMED]
        for area in areas:
            blocker = area.blocker(mode)
            if blocker:
                self._show_notice(texts.NOT_ARMED, blocker.number, cause.now_ms)
                return
        for area in areas:
            area.arm(mode, cause)

    def _command(self, verb: int, argument: int, user: int, cause: Cause) -> "tuple[int, int]":
        """Returns (status, detail): of a refused arming the open zone, of everything done the area's status."""
        if verb not in tables.VERBS:
            return tables.UNKNOWN_VERB, 0
        area = self._area_of.get(argument)
        if area is None:
            return tables.BAD_ARGUMENT, 0
        cause.source, cause.user = contact_id.SOURCE_COMMAND, user
        refusal = self._perform(verb, area, cause)
        cause.source, cause.user = contact_id.SOURCE_PANEL, 0
        return refusal or (tables.DONE, area.status())

    def _perform(self, verb: int, area: Area, cause: Cause) -> "tuple[int, int] | None":
        if verb == tables.VERB_DISARM:
            area.disarm(cause)
        elif verb == tables.VERB_SILENCE:
            area.silence(cause)
        elif verb in tables.ARMING_VERBS:
            return self._arm(area, tables.ARMING_VERBS[verb], cause)
        return None

    def _arm(self, area: Area, mode: int, cause: Cause) -> "tuple[int, int] | None":
        """Arming an area that is armed so already is done; armed otherwise, or in alarm, it is refused."""
        if area.state in (tables.EXIT_DELAY, tables.ARMED) and area.mode == mode:
            return None
        if area.state != tables.DISARMED:
            return tables.REFUSED, 0
        blocker = area.blocker(mode)
        if blocker:
            self._show_notice(texts.NOT_ARMED, blocker.number, cause.now_ms)
            return tables.REFUSED, blocker.number
        area.arm(mode, cause)
        return None

    # Time.

    def _run_due(self, cause: Cause) -> None:
        if not self._resumed:
            self._resume(cause.now_ms)
        for area in self._areas:
            area.run_due(cause)
        self._lock.open_if_due(cause.now_ms)
        if _passed(self._notice_end_ms, cause.now_ms):
            self._end_notice()

    def _resume(self, now_ms: int) -> None:
        self._resumed = True
        self._lock.resume(now_ms)
        for area in self._areas:
            area.resume(now_ms)

    def _show_notice(self, text: int, zone: int, now_ms: int) -> None:
        self._notice = (text, zone)
        self._notice_end_ms = now_ms + view.NOTICE_MS

    def _end_notice(self) -> None:
        self._notice = None
        self._notice_end_ms = None

    # Outputs.

    def _outputs(self, cause: Cause) -> "list[Output]":
        out = cause.events
        snapshot = self.snapshot()
        if snapshot != self._saved:
            self._saved = snapshot
            out.append(("save",))
        self._show(out, "siren", "siren", view.siren(self._areas))
        self._show(out, "display", "display", texts.lines(self._texts, *self._text()))
        for name, on in view.lamps(self._areas):
            self._show(out, name, "lamp", (name, on))
        return out

    def _show(self, out: "list[Output]", key: str, output: str, value: "Any") -> None:
        if self._shown.get(key) != value:
            self._shown[key] = value
            out.append(("show", output, value))

    def _text(self) -> "tuple[int, int]":
        """A notice goes before the state, except before an alarm."""
        if view.siren(self._areas) == tables.SIREN_OFF:
            if self._lock.locked:
                return texts.LOCKED, 0
            if self._notice is not None:
                return self._notice
        return view.text(self._areas)

    # Construction.

    def _area(self, item: "Config", siren_s: int) -> Area:
        numbers = sorted([number for number, zone in self._zones.items() if zone.area == item["number"]])
        return Area(item, siren_s, [self._zones[number] for number in numbers])

    def _restore(self, state: "Any") -> None:
        version = state.get("version") if isinstance(state, dict) else None
        if version != SNAPSHOT_VERSION:
            raise SnapshotError(f"snapshot version {version} cannot be read, only {SNAPSHOT_VERSION}")
        self._lock = codes.Lock(state["wrong"], state["locks"], state["locked"])
        for item in state["areas"]:
            if item["number"] in self._area_of:
                self._area_of[item["number"]].restore_from(item)


def _passed(deadline_ms: "int | None", now_ms: int) -> bool:
    return deadline_ms is not None and now_ms >= deadline_ms


def _doors_first(zone: Zone) -> "tuple[bool, int]":
    return (zone.type != tables.ENTRY, zone.number)
