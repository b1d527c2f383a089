"""Delays and sirens last what they should on the world's own clock, however wall clocks jump."""

from collections.abc import Callable
from itertools import pairwise

from hemlarm_protocol import messages
from hemlarm_simulator.explore.account import Journalled, Shown
from hemlarm_simulator.explore.arming_account import ARMED, NIGHT
from hemlarm_simulator.explore.invariants.alarms import is_alarm
from hemlarm_simulator.explore.invariants.base import Ending, Invariant
from hemlarm_simulator.explore.scene import Scene

SLACK_MS = 1_500
"""Sensors' filters, and the moments between a panel's turn and the next."""

ENTRY_STARTED, ENTRY_ALARM = 6134, 1134
_ENDS_EARLY = (1401, 6130, 6111, 6120, 6162, 6133, 6137, 6154)
"""A person has ended what ran."""

_LONG_MS = 180_000
"""Fire and gas sound at least so long, whatever the configuration says."""

Told = tuple[Journalled, "messages.Event"]


class TimersHold(Invariant):
    """Entry and exit delays and the indoor siren, wherever the panel ran untroubled meanwhile."""

    name = "timers-hold"

    def end(self, ending: Ending) -> None:
        """Measures each."""
        told = self.account.events()
        for index, (record, event) in enumerate(told):
            if event.qcode == ENTRY_STARTED:
                self._entry(record, event, told[index + 1 :], ending.scene)
            elif event.qcode in ARMED:
                self._exit(record, event, told[index + 1 :], ending.scene)
        self._sirens(told, ending.scene)

    def _entry(self, record: Journalled, event: "messages.Event", after: list[Told], scene: Scene) -> None:
        """The next thing told of the area is an alarm at the delay's end, unless something else ends it before."""
        delay_ms = _entry_ms(scene, event.zone, event.area)
        due_ms = record.written_ms + delay_ms
        if scene.now_ms < due_ms + SLACK_MS or self.account.troubled(record.written_ms, due_ms + SLACK_MS):
            return
        for later, next_event in after:
            if next_event.area == event.area and (next_event.qcode == 1401 or 1130 <= next_event.qcode <= 1134):
                early = next_event.qcode == ENTRY_ALARM and later.written_ms < due_ms - SLACK_MS
                if early or later.written_ms > due_ms + SLACK_MS:
                    self.complain(_lasted("entry delay", record.written_ms, later.written_ms, delay_ms))
                return
        self.complain(f"the entry delay that began at {record.written_ms} ms never ended")

    def _exit(self, record: Journalled, event: "messages.Event", after: list[Told], scene: Scene) -> None:
        """The buzzer beeps until the delay is over, unless a person or an alarm ends it before."""
        if len(scene.house.areas) > 1 or ARMED[event.qcode] == NIGHT:
            return  # One buzzer for all areas, and by night none.
        exit_ms = 1000 * scene.house.areas[0].exit_s
        due_ms = record.written_ms + exit_ms
        if not exit_ms or self.account.troubled(record.written_ms, due_ms + SLACK_MS):
            return
        if any(
            later.written_ms <= due_ms + SLACK_MS and (e.qcode == 1401 or is_alarm(e.qcode) or e.qcode == 6134)
            for later, e in after
        ):
            return
        ended = _first(self.account.shown, "buzzer", record.written_ms, lambda value: value not in _EXIT_SOUNDS)
        if ended is not None and abs(ended - due_ms) > SLACK_MS:
            self.complain(_lasted("exit delay", record.written_ms, ended, exit_ms))

    def _sirens(self, told: list[Told], scene: Scene) -> None:
        shown = [each for each in self.account.shown if each.output == "siren"]
        for sounded, silent in pairwise(shown):
            if sounded.value == "off" or self.account.troubled(sounded.at_ms, silent.at_ms):
                continue
            limit_ms = 1000 * scene.house.siren_s
            if sounded.value in ("fire", "co"):
                limit_ms = max(limit_ms, _LONG_MS)
            self._siren(sounded, silent, limit_ms, told)

    def _siren(self, sounded: Shown, silent: Shown, limit_ms: int, told: list[Told]) -> None:
        """Each alarm may give it its whole time again; nobody but a person ends it before."""
        alarms = [r.written_ms for r, e in told if is_alarm(e.qcode) and r.written_ms <= silent.at_ms]
        last_ms = max([at_ms for at_ms in alarms if at_ms >= sounded.at_ms], default=sounded.at_ms)
        if silent.at_ms > last_ms + limit_ms + SLACK_MS:
            self.complain(_lasted(f"siren ({sounded.value})", last_ms, silent.at_ms, limit_ms))
        ended = any(e.qcode in _ENDS_EARLY and sounded.at_ms <= r.written_ms <= silent.at_ms for r, e in told)
        early = silent.value == "off" and silent.at_ms < sounded.at_ms + limit_ms - SLACK_MS
        began = any(abs(at_ms - sounded.at_ms) <= SLACK_MS for at_ms in alarms)
        if early and began and not ended:
            self.complain(_lasted(f"siren ({sounded.value})", sounded.at_ms, silent.at_ms, limit_ms))


_EXIT_SOUNDS = ("exit", "exit-last", "ok", "error", "chime")


def _first(shown: list[Shown], output: str, from_ms: int, wanted: Callable[[object], bool]) -> int | None:
    later = (each for each in shown if each.output == output and each.at_ms >= from_ms)
    return next((each.at_ms for each in later if wanted(each.value)), None)


def _entry_ms(scene: Scene, zone: int, area: int) -> int:
    sensor = next((sensor for sensor in scene.house.sensors if sensor.zone == zone), None)
    own_s = sensor.fields.get("entry_s") if sensor else None
    area_s = next(each.entry_s for each in scene.house.areas if each.number == area)
    return 1000 * (area_s if own_s is None else own_s)


def _lasted(what: str, start_ms: int, end_ms: int, should_ms: int) -> str:
    return f"the {what} that began at {start_ms} ms ended at {end_ms} ms, and should last {should_ms} ms"
