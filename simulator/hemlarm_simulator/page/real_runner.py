"""The houses in real time: for each panel a thread with its world, and one that looks at what the cloud has.

Whatever is seen of a world is looked at by its own thread, which tells the feed when the panel has done something.
"""

import threading
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from hemlarm_simulator.description import HouseDescription
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.page import actions
from hemlarm_simulator.page.actions import ActionError, Wish
from hemlarm_simulator.page.feed import Feed
from hemlarm_simulator.page.jobs import Jobs
from hemlarm_simulator.page.pictures import content
from hemlarm_simulator.page.real_side import RealSide
from hemlarm_simulator.page.scene import plans, watched
from hemlarm_simulator.page.watching import Watched
from hemlarm_simulator.real_world import RealWorld
from hemlarm_simulator.simulated_panel import PanelCrashedError

_LOOK_S = 0.05
"""How often the cloud is looked at."""

_GAUGES_MS = 250
_ACT_S = 10.0
_VIRTUAL_ONLY = {
    "speed": "in real time a second lasts a second; leave --real-time out for other speeds",
    "pause": "real time cannot be stopped; leave --real-time out for that",
    "story": "stories play in virtual time; leave --real-time out for them",
    "stop": "stories play in virtual time; leave --real-time out for them",
    "house": "another house needs a panel of its own; end this and name it with --house",
}


class PanelThread:
    """Runs one world and tells of it."""

    def __init__(self, world: RealWorld, panel: Watched, feed: Feed) -> None:
        self._world = world
        self._panel = panel
        self._feed = feed
        self._jobs = Jobs()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"panel {panel.number}", daemon=True)

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def stop(self) -> None:
        """Ends; the world is left to whoever made it."""
        self._ended.set()
        self._thread.join()

    def act(self, body: Mapping[str, Any]) -> None:
        """Does what is asked for, and returns when it is done. Raises ActionError, BusyError."""
        self._jobs.hand_over(lambda: actions.do(self._panel.target, body), _ACT_S)

    def _run(self) -> None:
        ledger = self._world.ledger
        gauges_ms = 0
        while not self._ended.is_set():
            acted = self._jobs.run(0)
            seen = ledger.entries
            if not acted:
                try:
                    self._world.wait_for(lambda seen=seen: self._jobs.pending or ledger.entries != seen, _GAUGES_MS)  # type: ignore[misc]
                except PanelCrashedError as error:
                    self._panel.crash = str(error)
            whole = acted or self._world.now_ms - gauges_ms >= _GAUGES_MS
            if whole:
                gauges_ms = self._world.now_ms
            self._feed.publish(self._panel.state(whole))


class RealRunner:
    """`side` is the cloud, here or elsewhere; it is opened by `start` and closed by `stop`."""

    def __init__(self, server: ForkServer, houses: list[HouseDescription], feed: Feed, side: RealSide) -> None:
        self._server = server
        self._houses = houses
        self._feed = feed
        self.side = side
        self._opened = ExitStack()
        self._panels: list[PanelThread] = []
        self._watched: list[Watched] = []
        self._ended = threading.Event()
        self._cloud_thread = threading.Thread(target=self._look, name="cloud watcher", daemon=True)

    def start(self) -> None:
        """Brings up broker, cloud and panels. Raises BrokerError, LaunchError."""
        try:
            self._opened.enter_context(self.side)
            worlds = [self._opened.enter_context(self.side.world(self._server, house)) for house in self._houses]
            self.side.register([(world.panel.id, house) for world, house in zip(worlds, self._houses, strict=True)])
        except BaseException:
            self._opened.close()
            raise
        panels, self._timeline = watched(worlds, self._houses, "")
        self._watched = panels
        self._feed.begin({"plan": plans(self._houses), "stories": [], **self.side.entrances()})
        self._feed.publish({key: value for panel in panels for key, value in panel.state(True).items()})
        self._panels = [PanelThread(world, panel, self._feed) for world, panel in zip(worlds, panels, strict=True)]
        for panel_thread in self._panels:
            panel_thread.start()
        self._cloud_thread.start()

    def stop(self) -> None:
        """Ends it all."""
        self._ended.set()
        if self._panels:
            self._cloud_thread.join()
        for panel in self._panels:
            panel.stop()
        self._opened.close()

    def act(self, body: Mapping[str, Any]) -> None:
        """Does what somebody asks for on the page. Raises ActionError, BusyError."""
        if (why := _VIRTUAL_ONLY.get(str(body.get("do")))) is not None:
            raise ActionError(why)
        number = Wish(body).choice("panel", tuple(range(1, len(self._panels) + 1)), 1)
        self._panels[number - 1].act(body)

    def picture(self, panel: int, name: str) -> bytes | None:
        """The JPEG of that name that a panel's camera took, None if there is none."""
        return content(self._watched[panel - 1], name) if 1 <= panel <= len(self._watched) else None

    def acted(self) -> None:
        """Somebody has changed something at the cloud's pages, whose services look for themselves."""

    def _look(self) -> None:
        while not self._ended.wait(_LOOK_S):
            state, messages = self.side.look(self._timeline, self._watched)
            self._feed.publish(self._world_state() | state, self._timeline.take(), messages)

    def _world_state(self) -> dict[str, Any]:
        now_ms = self.side.unix_ms()
        return {
            "world/mode": "real",
            "world/speed": 1,
            "world/behind": False,
            # A clock that shows seconds need not be told of less.
            "world/unix_ms": now_ms // 250 * 250,
            "world/now_ms": now_ms // 250 * 250,
            "world/story": None,
        }
