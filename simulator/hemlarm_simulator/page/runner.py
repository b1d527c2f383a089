"""Drives the simulated world in a thread of its own, at the speed that the page sets, and tells the feed what is seen.

Whatever is done to the world is done by that thread, one thing after the other.
"""

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from hemlarm_simulator.description import HouseDescription, load_house
from hemlarm_simulator.house_table import HouseError
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.names import UnknownNameError
from hemlarm_simulator.page import actions, pictures, stories
from hemlarm_simulator.page.actions import ActionError, Wish
from hemlarm_simulator.page.doors import Doors
from hemlarm_simulator.page.entrances import entrances
from hemlarm_simulator.page.feed import Feed
from hemlarm_simulator.page.jobs import Jobs
from hemlarm_simulator.page.scene import VirtualScene, plans
from hemlarm_simulator.scenario import Scenario, ScenarioError

SPEEDS = (0, 1, 60, 3600)

TICK_S = 0.025
"""How often the world goes on, and what is seen of it is told."""

_BUDGET_S = 0.05
"""Of real time that the world may take for one tick; what it cannot do by then it need not catch up with."""

_GAUGES_S = 0.25
_PAUSED_S = 0.25
_ACT_S = 30.0
"""Longer than a world takes to be built on a busy machine."""


class VirtualRunner:
    """`seconds` is a steady clock. `doors` is told of each new world's cloud, whose pages are at `cloud_url`."""

    def __init__(
        self,
        server: ForkServer,
        folder: Path,
        houses: list[HouseDescription],
        seed: int,
        feed: Feed,
        doors: Doors,
        cloud_url: str,
        seconds: Callable[[], float],
    ) -> None:
        self._server = server
        self._folder = folder
        self._seed = seed
        self._feed = feed
        self._doors = doors
        self._seconds = seconds
        self._houses = houses
        self._cloud_url = cloud_url
        self._jobs = Jobs()
        self._ended = threading.Event()
        self._built = 0
        self._speed = 1
        self._behind = False
        self._gauges_s = 0.0
        self._due_ms = 0.0
        self._story: dict[str, Any] | None = None
        self._scene: VirtualScene | None = None
        self._thread = threading.Thread(target=self._run, name="simulated world", daemon=True)

    def start(self) -> None:
        """Builds the first world and begins. Raises LaunchError, PanelCrashedError."""
        self._thread.start()
        self._jobs.hand_over(lambda: self._build(self._houses), _ACT_S)

    def stop(self) -> None:
        """Ends the world."""
        self._ended.set()
        self._thread.join()

    def act(self, body: Mapping[str, Any]) -> None:
        """Does what somebody asks for on the page, and returns when it is done. Raises ActionError, BusyError."""
        self._jobs.hand_over(lambda: self._do(body), _ACT_S)

    def picture(self, panel: int, name: str) -> bytes | None:
        """The JPEG of that name that a panel's camera took, None if there is none."""
        panels = self._scene.panels if self._scene is not None else []
        return pictures.content(panels[panel - 1], name) if 1 <= panel <= len(panels) else None

    def acted(self) -> None:
        """Somebody has changed something at the cloud's pages."""
        self._jobs.leave(lambda: self._scene.acted() if self._scene is not None else None)

    # In its thread.

    def _run(self) -> None:
        last_s = self._seconds()
        try:
            while not self._ended.is_set():
                acted = self._jobs.run(TICK_S if self._speed else _PAUSED_S)
                while self._jobs.run(0):
                    pass
                now_s = self._seconds()
                self._advance(now_s - last_s)
                self._tell(now_s, acted)
                last_s = now_s
        finally:
            if self._scene is not None:
                self._scene.close()

    def _advance(self, passed_s: float) -> None:
        scene = self._scene
        if scene is None or not self._speed:
            return
        self._due_ms += passed_s * 1000 * self._speed
        ends_s = self._seconds() + _BUDGET_S
        slice_ms = max(25, 5 * self._speed)
        while (left_ms := int(self._due_ms) - scene.town.now_ms) > 0:
            scene.run_until(scene.town.now_ms + min(left_ms, slice_ms))
            if self._seconds() > ends_s:
                break
        self._behind = left_ms > slice_ms
        if self._behind:
            self._due_ms = float(scene.town.now_ms)

    def _tell(self, now_s: float, acted: bool) -> None:
        scene = self._scene
        if scene is None:
            return
        whole = acted or now_s - self._gauges_s >= _GAUGES_S
        state: dict[str, Any] = {}
        for panel in scene.panels:
            state |= panel.state(whole)
        if whole:
            self._gauges_s = now_s
            state |= self._world_state(scene) | scene.pictures()
        self._feed.publish(state, *scene.news())

    def _world_state(self, scene: VirtualScene) -> dict[str, Any]:
        return {
            "world/mode": "virtual",
            "world/speed": self._speed,
            "world/behind": self._behind,
            "world/unix_ms": scene.town.unix_ms,
            "world/now_ms": scene.town.now_ms,
            "world/story": self._story,
        }

    def _do(self, body: Mapping[str, Any]) -> None:
        scene = self._scene
        assert scene is not None
        wish = Wish(body)
        deed = _DEEDS.get(str(body.get("do")))
        if deed is not None:
            deed(self, wish)
            return
        number = wish.choice("panel", tuple(range(1, len(scene.panels) + 1)), 1)
        # What was planned up to this moment comes before it.
        scene.run_until(scene.town.now_ms)
        actions.do(scene.panels[number - 1].target, body)
        scene.run_until(scene.town.now_ms)

    def _set_speed(self, wish: Wish) -> None:
        self._speed = wish.choice("value", SPEEDS)

    def _pause(self, wish: Wish) -> None:
        self._speed = 0 if wish.on() else 1

    def _play(self, wish: Wish) -> None:
        try:
            scenario = stories.story(wish.text("name", "what", "story"))
        except (UnknownNameError, ScenarioError) as error:
            raise ActionError(str(error)) from None
        assert scenario.house is not None
        self._build([scenario.house], scenario)

    def _stop_story(self, _wish: Wish) -> None:
        if self._scene is not None and self._scene.playing is not None:
            self._scene.playing.stop()

    def _load(self, wish: Wish) -> None:
        try:
            self._build([load_house(wish.text("what", "name", "house"))])
        except HouseError as error:
            raise ActionError(str(error)) from None

    def _build(self, houses: list[HouseDescription], scenario: Scenario | None = None) -> None:
        """Puts another world in the place of the one there is."""
        drawn = plans(houses)
        if self._scene is not None:
            self._doors.lead_to(None, {})
            self._scene.close()
            self._scene = None
        self._built += 1
        self._story = None
        scene = VirtualScene(
            self._server, self._folder, houses, self._seed, self._built, scenario, lambda told: self._tell_story(told)
        )
        self._scene = scene
        self._due_ms = 0.0
        self._gauges_s = float("-inf")
        self._feed.begin({"plan": drawn, "stories": stories.listed(), **entrances(scene.centre, self._cloud_url)})
        self._tell(self._seconds(), True)
        self._doors.lead_to(scene.app, {login.login: login.path for login in scene.centre.logins})

    def _tell_story(self, told: dict[str, Any]) -> None:
        self._story = told
        self._feed.publish({"world/story": told})


_DEEDS: Mapping[str, Callable[[VirtualRunner, Wish], None]] = {
    "speed": VirtualRunner._set_speed,
    "pause": VirtualRunner._pause,
    "story": VirtualRunner._play,
    "stop": VirtualRunner._stop_story,
    "house": VirtualRunner._load,
}
"""What is done to the world as a whole."""
