"""One world as the page has it: its houses, its centre, its timeline and perhaps a story. Another one takes its place.

Built and moved by the thread of the world alone.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hemlarm_cloud.api.allowance import Rate
from hemlarm_cloud.api.app import make_app
from hemlarm_cloud.api.guard import Limits
from hemlarm_simulator.centre_desk import CentreDesk
from hemlarm_simulator.chance import Chance
from hemlarm_simulator.clock import WORLD_BEGAN_UNIX_MS
from hemlarm_simulator.description import HouseDescription
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.page.actions import Target
from hemlarm_simulator.page.centre_work import CentreWork
from hemlarm_simulator.page.cloud_side import EmbeddedCentre
from hemlarm_simulator.page.drawing import drawing
from hemlarm_simulator.page.person import Person
from hemlarm_simulator.page.pictures import picture_state
from hemlarm_simulator.page.plan import plan_of
from hemlarm_simulator.page.stories import Playing
from hemlarm_simulator.page.timeline import PanelNames, Timeline
from hemlarm_simulator.page.town import Town
from hemlarm_simulator.page.watching import Watched
from hemlarm_simulator.scenario import Scenario
from hemlarm_simulator.scenario_text import Stage
from hemlarm_simulator.virtual.crashing_store import CrashingStore
from hemlarm_simulator.world import World

UNLIMITED = Limits(of_a_token=Rate(1_000, 1_000_000), of_an_address=Rate(1_000, 1_000_000))
"""The embedded cloud's clock may stand still, and then nobody's allowance would ever grow again."""


def titles(houses: Sequence[HouseDescription]) -> list[str]:
    """What each panel is called; houses of one title are numbered."""
    names = [house.title for house in houses]
    return [
        f"{name} {names[:number].count(name) + 1}" if names.count(name) > 1 else name
        for number, name in enumerate(names)
    ]


def watched(worlds: Sequence[World], houses: Sequence[HouseDescription], prefix: str) -> tuple[list[Watched], Timeline]:
    """The panels of these worlds, and their common timeline; `prefix` sets its ids apart from those of other worlds."""
    names = [_names(number, world, house) for number, (world, house) in enumerate(zip(worlds, houses, strict=True), 1)]
    timeline = Timeline(names, prefix)
    panels = []
    for number, (world, house, title) in enumerate(zip(worlds, houses, titles(houses), strict=True), 1):
        person = Person(world.house, plan_of(house), world.clock)
        panels.append(Watched(number, title, Target(world, person), timeline))
    return panels, timeline


def _names(number: int, world: World, house: HouseDescription) -> PanelNames:
    zones = {sensor.zone: sensor.label or sensor.name for sensor in house.sensors}
    return PanelNames(number, world.panel.id, zones, {user.number: user.name for user in house.users})


class VirtualScene:
    """A town with its centre. With a scenario it has that story's house alone, and the story plays in it."""

    def __init__(
        self,
        server: ForkServer,
        folder: Path,
        houses: list[HouseDescription],
        seed: int,
        number: int,
        scenario: Scenario | None = None,
        told: Callable[[dict[str, Any]], None] = lambda _story: None,
    ) -> None:
        began_unix_ms = scenario.began_unix_ms if scenario is not None else WORLD_BEGAN_UNIX_MS
        store = CrashingStore.open(f"sqlite:///{folder / f'cloud-{number}.db'}")
        self.houses = houses
        self.town = Town(server, houses, seed, store, began_unix_ms, self._failed)
        self.panels, self.timeline = watched(self.town.worlds, houses, f"{number}-")
        cloud = self.town.cloud
        described = scenario.centre if scenario is not None else None
        ids = [(world.panel.id, house) for world, house in zip(self.town.worlds, houses, strict=True)]
        chance = Chance(seed, f"people's tokens {number}")
        self.centre = EmbeddedCentre(store, cloud.vault, ids, lambda: cloud.unix_ms, chance, described)
        self._work = CentreWork(self.town.clock, store, lambda: cloud.unix_ms, self._changed)
        self._dirty = True
        cloud.at_rest = self._work.wake
        self._work.wake()
        self.app = make_app(store, cloud.vault, lambda: cloud.unix_ms, limits=UNLIMITED)
        self.playing = self._begin(scenario, told) if scenario is not None else None

    def run_until(self, at_ms: int) -> None:
        """Lets time go on, and the story with it."""
        playing = self.playing
        while playing is not None and playing.next_ms is not None and playing.next_ms <= at_ms:
            self.town.run_until(max(playing.next_ms, self.town.now_ms))
            playing.step()
            self._dirty = True
        self.town.run_until(max(at_ms, self.town.now_ms))

    def acted(self) -> None:
        """Somebody has changed something at the cloud's pages."""
        self._dirty = True
        self.town.cloud.asked()
        self._work.acted()

    def news(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """What is new on the timeline, and what people were told."""
        messages: list[dict[str, Any]] = []
        if self._dirty:
            self._dirty = False
            with self.town.cloud.store.read() as reading:
                self.timeline.read(reading)
            messages = self.centre.messages()
        return self.timeline.take(), messages

    def pictures(self) -> dict[str, Any]:
        """What is seen of the cameras' pictures."""
        with self.town.cloud.store.read() as reading:
            return picture_state(self.panels, reading)

    def close(self) -> None:
        """Ends it all."""
        self.town.close()

    def _begin(self, scenario: Scenario, told: Callable[[dict[str, Any]], None]) -> Playing:
        stage = Stage(self.town.worlds[0], self.houses[0])
        centre = self.centre
        if scenario.centre is not None:
            cloud = self.town.cloud
            stage.centre = CentreDesk(centre.store, centre.vault, centre.sites[0], lambda: cloud.unix_ms, self.acted)
        return Playing(scenario, stage, told)

    def _changed(self) -> None:
        self._dirty = True

    def _failed(self, number: int, text: str) -> None:
        self.panels[number - 1].crash = text


def plans(houses: Sequence[HouseDescription]) -> dict[str, Any]:
    """Each panel's plan, as the page draws it. Raises HouseError."""
    return {str(number): drawing(house) for number, house in enumerate(houses, 1)}
