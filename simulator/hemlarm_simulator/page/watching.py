"""Looks at one panel of the world: what its firmware traces becomes the timeline, what is seen of it becomes state."""

from typing import Any

from hemlarm_protocol import path_names
from hemlarm_simulator.page.actions import Target
from hemlarm_simulator.page.state import house_state, power_state
from hemlarm_simulator.page.timeline import Timeline
from hemlarm_simulator.world import World

CURVE_MAX = 240
"""Points of the battery's voltage that are kept; when there are more, every second one goes."""

CURVE_MS = 10_000
"""Between two points, at first."""

_MOBILE_USED, _IP_USED = 1350, 3350
_NO_CONTACT, _CONTACT = 1354, 3354


class Watched:
    """Panel `number` of the page. `target` is what actions are done to."""

    def __init__(self, number: int, title: str, target: Target, timeline: Timeline) -> None:
        self.number = number
        self.target = target
        self.crash = ""
        self._title = title
        self._timeline = timeline
        self._used = path_names.IP
        self._contact = True
        self._seen = -1
        self._curve: list[list[int]] = []
        self._curve_ms = CURVE_MS
        for trace in target.world.ledger.traces:
            # It has started already, and told of that.
            self._traced(trace.what, trace.values, trace.at_us // 1000)
        target.world.ledger.watch(self._entered)

    @property
    def world(self) -> World:
        """Its world."""
        return self.target.world

    @property
    def path(self) -> str:
        """Which way leads to the cloud now: "ip", "mobile" or "none"."""
        world = self.world
        ip_up = world.network.up and not world.network.black_hole
        mobile_up = world.modem is not None and world.mobile.up and world.mobile.data and not world.mobile.jammed
        if not world.panel.on or not self._contact:
            return "none"
        if self._used == path_names.MOBILE or not ip_up:
            return "mobile" if mobile_up and not world.mobile.black_hole else "none"
        return "ip"

    def state(self, all_of_it: bool) -> dict[str, Any]:
        """What is to be seen. Without `all_of_it` only if something has gone through the ledger, and no gauges."""
        number = self.number
        entries = self.world.ledger.entries
        if not all_of_it and entries == self._seen:
            return {}
        self._seen = entries
        state = house_state(self.world, number)
        state[f"{number}/title"] = self._title
        state[f"{number}/person"] = self.target.person.position
        state[f"{number}/path"] = self.path
        state[f"{number}/crash"] = self.crash
        state[f"{number}/powered"] = self.target.powered
        state[f"{number}/flash-fails"] = self.target.flash_fails == self.world.panel.boots
        if all_of_it:
            state |= self._gauges()
        return state

    def _gauges(self) -> dict[str, Any]:
        supply = self.world.supply
        if supply is None:
            return {}
        state = power_state(supply, self.number)
        unix_ms = self.world.clock.unix_ms
        if not self._curve or unix_ms - self._curve[-1][0] >= self._curve_ms:
            self._curve.append([unix_ms, state[f"{self.number}/battery"]["mv"]])
        if len(self._curve) > CURVE_MAX:
            self._curve = self._curve[::2]
            self._curve_ms *= 2
        state[f"{self.number}/curve"] = list(self._curve)
        return state

    def _entered(self, _at_ms: int, kind: str, values: tuple[Any, ...]) -> None:
        if kind == "boot":
            self.crash = ""
            self._used, self._contact = path_names.IP, True
        elif kind == "trace":
            self._traced(values[0], values[2:], self.world.clock.unix_ms)

    def _traced(self, what: str, values: tuple[Any, ...], unix_ms: int) -> None:
        if what == "event":
            number, qcode = values
            self._note(qcode)
            self._timeline.recorded(self.number, number, qcode, unix_ms)
        elif what == "acknowledged":
            path = self.path
            self._timeline.acknowledged(self.number, values[0], unix_ms, "sms" if path == "none" else path)

    def _note(self, qcode: int) -> None:
        if qcode in (_MOBILE_USED, _IP_USED):
            self._used = path_names.MOBILE if qcode == _MOBILE_USED else path_names.IP
        elif qcode in (_NO_CONTACT, _CONTACT):
            self._contact = qcode == _CONTACT
