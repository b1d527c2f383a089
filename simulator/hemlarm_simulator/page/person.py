"""Somebody in a house who can be sent through it: doors open and close on the way, motion detectors see it."""

from collections.abc import Collection
from typing import Any

from hemlarm_protocol import sensor_frames
from hemlarm_simulator.clock import Clock, Timer
from hemlarm_simulator.house import House
from hemlarm_simulator.page.plan import Plan, Point
from hemlarm_simulator.page.walking import Step, walk


class Person:
    """One person; `position` is [x, y, room] in metres of the plan. `locked` tells which doors are."""

    def __init__(self, house: House, plan: Plan, clock: Clock) -> None:
        self._house = house
        self.plan = plan
        self._clock = clock
        self._at: Point = plan.places["person"]
        self._room = plan.room_at(self._at)
        self._kinds = {sensor.name: sensor.kind for sensor in house.description.sensors}
        self._steps: list[Timer] = []
        self._closing = ""

    @property
    def position(self) -> list[Any]:
        """Where it is now."""
        return [*self._at, self._room]

    def go(self, to: Point, locked: Collection[str] = ()) -> bool:
        """Sets out; whatever way it was on, it leaves. Returns whether there is a way."""
        self.stop()
        steps = walk(self.plan, self._at, to, self._kinds, self._open_doors(), locked)
        self._steps = [self._clock.call_in(step.at_ms, lambda step=step: self._take(step)) for step in steps]  # type: ignore[misc]
        return bool(steps)

    def stop(self) -> None:
        """Stands still, and closes a door that it has just opened."""
        for timer in self._steps:
            timer.cancel()
        self._steps = []
        if self._closing:
            self._house.close(self._closing)
            self._closing = ""

    def _take(self, step: Step) -> None:
        self._at, self._room = (step.x, step.y), step.room
        if step.opens:
            self._house.open(step.opens)
            self._closing = step.opens
        for name in step.sees:
            self._house.move(name)
        if step.closes:
            self._house.close(step.closes)
            self._closing = ""

    def _open_doors(self) -> list[str]:
        doors = [door.sensor for door in self.plan.doors if door.sensor]
        return [name for name in doors if self._house.parts(name)[1].flags & sensor_frames.OPEN]
