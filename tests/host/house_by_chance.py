"""A panel in a house left to chance: gives it what happens and holds every step against the tests' own account.

The account never asks the panel's tables, so that a wrong table cannot excuse itself.
"""

from collections.abc import Iterable
from typing import Any

import account_of_areas
import account_of_zones
from account_of_people import People
from account_of_sounds import Siren
from account_of_zones import INTRUSION, Zone
from hemlarm_firmware.panel import config, config_edit
from hemlarm_firmware.panel.core import Panel
from hemlarm_protocol import cbor
from panel_house import quick_hash
from panel_plan import plan_config
from step_of_chance import Event, Outcome, Step

CHECK_IN_MS = 240_000
ORDER = ("event", "save", "show", "picture", "restart", "result", "recall", "configure")
BUZZES = {"off", "exit", "exit-last", "entry", "chime", "error", "ok", "alert"}
CONFIG = config.check(plan_config())


class House:
    """Drives one panel. `now` is its clock in ms, which begins anew with each restart."""

    def __init__(self) -> None:
        self.now = 0
        self.zones = account_of_zones.plan()
        self.areas = account_of_areas.plan()
        self.people = People()
        self.sirens = {"siren": Siren(False), "outdoor": Siren(True)}
        self.walking = False
        self.degrees = 210  # Tenths of a degree.
        self.troubles: set[tuple[int, int]] = set()  # (code, zone), as reported and not restored.
        self.shown: dict[str, Any] = {}
        self.log: list[tuple[int, int, int, None]] = []
        self.edits: list[Any] = []
        self.raw: Any = plan_config()
        self.config: Any = CONFIG
        self.saved: Any = None
        self.start(set())

    def blockers(self, numbers: list[int], mode: int) -> list[Zone]:
        """The zones that refuse arming these areas."""
        return [zone for zone in self.zones.values() if zone.area in numbers and self._refuses(zone, mode)]

    def _refuses(self, zone: Zone, mode: int) -> bool:
        """Whether a zone is in the way: open, or nobody knows. A follower is only without an exit delay."""
        if zone.bypassed or (zone.type in INTRUSION and not zone.guards(mode)):
            return False
        if zone.type not in (*INTRUSION, "tamper", "always"):
            return False
        if zone.unheard or any((code, zone.number) in self.troubles for code in (1144, 1381)):
            return True
        return bool(zone.open) and (zone.type != "follower" or self.areas[zone.area].exit_ms == 0)

    # What the board gives to the panel.

    def give(self, event: tuple[Any, ...], **step: Any) -> Step:
        """One input. `step` are fields of the Step: what it must or may lead to."""
        lines = self._settle()
        happened = Step(self, event, trips=lines | step.pop("trips", {}), **step)
        happened.judge(self.perform(self.panel.handle(event, self.now)))
        return self._after(happened)

    def wake(self) -> Step:
        """The panel asked for it."""
        happened = Step(self, ("wake",), trips=self._settle())
        happened.judge(self.perform(self.panel.wake(self.now)))
        return self._after(happened)

    def passes(self, ms: int, late_ms: int = 0) -> None:
        """Time goes by, with radio sensors checking in; the board may be late to wake the panel."""
        end = self.now + ms
        for _ in range(2000):
            deadline = self.panel.deadline_ms()
            assert deadline is None or deadline > self.now, "due, and not done by the last call"
            check_in = (self.now // CHECK_IN_MS + 1) * CHECK_IN_MS
            if deadline is not None and deadline <= min(end, check_in):
                self.tick(min(deadline + late_ms, end, check_in))
                self.wake()
            elif check_in <= end:
                self.tick(check_in)
                self.check_in(zone for zone in self.zones.values() if zone.in_reach)
            else:
                self.tick(end)
                return
        raise AssertionError("the panel wakes without end")

    def tick(self, now: int) -> None:
        """The clock moves; nothing is done yet."""
        for area in self.areas.values():
            area.passes(now - self.now)
        for siren in self.sirens.values():
            siren.passes(now - self.now)
        for zone in self.zones.values():
            zone.passes(now - self.now)
        self.now = now

    def check_in(self, zones: Iterable[Zone]) -> None:
        """These radio sensors say what they are."""
        for zone in zones:
            if zone.is_radio:
                was_open = zone.open
                zone.reports(self.now)
                trips = {zone.number: was_open is False} if zone.open and was_open is not True else {}
                degrees = self.degrees if zone.type == "temperature" else None
                self.give(("sensor", zone.number, zone.flags, degrees), trips=trips)

    def moves(self, number: int, opened: bool) -> None:
        """A door or detector, however it is connected."""
        zone = self.zones[number]
        if zone.line:
            self.shapes(number, "open" if opened else "normal")
        elif zone.is_radio:
            zone.flags = zone.flags & ~1 | opened
            if zone.in_reach:
                self.check_in([zone])
        else:
            trips = {number: True} if opened and not zone.open else {}
            zone.open = opened
            self.give(("zone", number, opened), trips=trips)

    def shapes(self, number: int, shape: str) -> None:
        """A line is something else now, and the board measures it."""
        line = self.zones[number].line
        assert line
        line.shape = shape
        trips = self._settle()
        line.measured(self.now)
        self.give(("line", number, line.ohms), trips=trips)

    def start(self, moved: set[int]) -> Step:
        """Power comes; these digital zones and lines have moved while it was away."""
        before, self.now = self.now, 0
        trips: dict[int, bool] = {}
        for zone in self.zones.values():
            known = zone.open
            zone.restart(self.areas[zone.area].state, self.areas[zone.area].mode)
            if zone.line and zone.number in moved:
                zone.line.shape = "open" if zone.line.shape == "normal" else "normal"
                zone.line.restart()
            if zone.line and zone.line.settled in ("normal", "open"):
                zone.open = zone.line.settled == "open"
            elif not zone.line and not zone.is_radio and zone.number in moved:
                zone.open = not zone.open
            if zone.open and (not known or zone.unannounced):
                trips[zone.number] = not known and not zone.unannounced
        self._power_was_away(before)
        lines = [(zone.number, zone.line.ohms) for zone in self.zones.values() if zone.line]
        digital = [zone.number for zone in self.zones.values() if not zone.line and not zone.is_radio and zone.open]
        self.panel = Panel(self.config, self.saved, quick_hash)
        happened = Step(self, ("start",), trips=trips)
        happened.judge(self.perform(self.panel.handle(("start", digital, lines), self.now)))
        return self._after(happened)

    def reconfigure(self, edits: list[Any]) -> bool:
        """A change of the configuration, where the panel is quiet enough to take it; False: not now."""
        if not self.panel.site.is_settled():
            return False
        _, changed = config_edit.decide(self.raw, None, edits)
        self.raw, self.config = changed, config.check(changed)
        for area in self.config["areas"]:
            self.areas[area["number"]].exit_ms = area["exit_s"] * 1000
            self.areas[area["number"]].entry_ms = area["entry_s"] * 1000
        self.panel = Panel(self.config, self.panel.snapshot(), quick_hash, before=self.panel)
        self.saved = self.panel.snapshot()
        self.shown = {}
        self.wake()
        return True

    def perform(self, outputs: Any) -> Outcome:
        """Does what the panel says, as the shell would; the requests are served after the step."""
        kinds = [ORDER.index(item[0]) for item in outputs]
        assert kinds == sorted(kinds), "events, then save, then show, then the rest"
        assert kinds.count(ORDER.index("save")) <= 1
        outcome = Outcome([], [], [], [])
        for item in outputs:
            if item[0] == "event":
                outcome.events.append(Event(*item[1:]))
                self.log.insert(0, (item[1], item[3], item[4], None))
            elif item[0] == "save":
                assert self.panel.snapshot() != self.saved, "a flash erase for nothing"
                self.saved = cbor.decode(cbor.encode(self.panel.snapshot()))
            elif item[0] == "show":
                outcome.shows.append(item[1:])
                self._show(item[1], item[2])
            elif item[0] == "result":
                outcome.results.append(item[1:])
            else:
                outcome.requests.append(item)
        return outcome

    def _show(self, output: str, value: Any) -> None:
        if output in self.sirens:
            self.sirens[output].set(value)
        elif output == "buzzer":
            assert value in BUZZES
        elif output == "display":
            assert [len(line) <= 16 for line in value] == [True, True]
        elif output == "loop":
            line = self.zones[value[0]].line
            assert line
            line.power(value[1])
            if value[1] and not self.zones[value[0]].burns:
                self.zones[value[0]].open = False
        self.shown[output if output != "lamp" else f"lamp {value[0]}"] = value

    def _settle(self) -> dict[int, bool]:
        """The lines that have now been something else for long enough; those that opened trip."""
        trips = {}
        for zone in self.zones.values():
            if zone.line and zone.line.settle(self.now) and zone.line.settled in ("normal", "open"):
                opened = zone.line.settled == "open"
                if opened and not zone.open:
                    trips[zone.number] = True
                zone.open = opened
        return trips

    def _power_was_away(self, before: int) -> None:
        self.people.restart(before, 0)
        self.people.unix_at_0 = None
        self.walking = False
        for siren in self.sirens.values():
            siren.restart()
        for area in self.areas.values():
            area.restart(before, 0)

    def _after(self, step: Step) -> Step:
        """Serves what the panel asked for, and measures the loops that have their power back."""
        for request in step.outcome.requests:
            if request[0] == "recall":
                item = self.log[request[1]] if request[1] < len(self.log) else None
                self.give(("recalled", item), actors=step.actors)
            elif request[1][0][0] in ("areas", "panel"):
                self.edits.append(request[1])
        for _, value in [show for show in step.outcome.shows if show[0] == "loop" and show[1][1]]:
            line = self.zones[value[0]].line
            assert line
            line.measured(self.now)
            self.give(("line", value[0], line.ohms))
        while self.edits and self.reconfigure(self.edits[0]):
            self.edits.pop(0)
        return step
