"""The cameras of a house as its board meets them: told to take a picture, and then asked for its bytes.

The board's side is `shadow/virtual_cameras.py`.
"""

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from hemlarm_simulator.board_link import Frame
from hemlarm_simulator.clock import Clock
from hemlarm_simulator.house import House
from hemlarm_simulator.plants import scene

TAKE_MS = 350
"""From the order to a picture in the camera's memory: exposure and compression in a cheap sensor. Our choice."""

KEPT = 40
"""Pictures remembered for whoever wants to see what the cameras saw."""


class Taken(NamedTuple):
    """A picture as the camera made it. `id` counts the pictures of a house."""

    id: int
    zone: int
    unix_ms: int
    flashed: bool
    content: bytes


class CameraPort:
    """`handlers` take the panel's frames, and `post` its answers. `taken` are the last pictures, oldest first."""

    def __init__(self, house: House, clock: Clock, post: Callable[[Frame], None]) -> None:
        self.taken: deque[Taken] = deque(maxlen=KEPT)
        self.broken: set[int] = set()
        """Zones whose cameras answer no more."""
        self.handlers = {"camera-take": self._take, "camera-read": self._read}
        self._house = house
        self._clock = clock
        self._post = post
        self._count = 0
        self._shots: dict[int, int] = {}

    def _take(self, frame: Frame) -> None:
        _, zone, flash = frame
        camera = self._house.camera(zone)
        if camera is None or zone in self.broken:
            self._clock.call_in(TAKE_MS, lambda: self._post(["camera-failed"]))
            return
        flashed = bool(flash) and self._house.dark
        if flashed:
            camera.flash()
        self._count += 1
        shot = self._shots[zone] = self._shots.get(zone, -1) + 1
        seen = scene.Scene(
            room=self._house.label(zone),
            unix_ms=self._clock.unix_ms,
            dark=self._house.dark,
            flash=flashed,
            person=camera.sees_somebody,
            smoke=self._house.smokes,
            shot=shot,
        )
        taken = Taken(self._count, zone, seen.unix_ms, flashed, scene.jpeg(seen))
        self.taken.append(taken)
        self._clock.call_in(TAKE_MS, lambda: self._post(["camera-taken", len(taken.content)]))

    def _read(self, frame: Frame) -> None:
        _, offset, count = frame
        content = self.taken[-1].content if self.taken else b""
        self._post(["camera-data", content[offset : offset + count]])
