"""The cloud of houses in real time: a whole one on this machine, or one elsewhere that panels report to."""

import os
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from hemlarm_cloud.api.app import make_app
from hemlarm_cloud.cases.service import CaseService
from hemlarm_cloud.notices.sending import NoticeService
from hemlarm_cloud.provision import PanelCredentials
from hemlarm_cloud.store import Event, Store
from hemlarm_simulator.description import HouseDescription
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.page.cloud_side import EmbeddedCentre
from hemlarm_simulator.page.doors import Doors
from hemlarm_simulator.page.entrances import entrances
from hemlarm_simulator.page.pictures import picture_state
from hemlarm_simulator.page.timeline import Timeline
from hemlarm_simulator.page.watching import Watched
from hemlarm_simulator.real_cloud import PanelInCloud, RealCloud
from hemlarm_simulator.real_house import house_of, house_with
from hemlarm_simulator.real_world import RealWorld

Panels = list[tuple[str, HouseDescription]]


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


class RealSide(Protocol):
    """What the runner wants of a cloud."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def world(self, server: ForkServer, house: HouseDescription) -> AbstractContextManager[RealWorld]:
        """A house with a panel that this cloud knows."""

    def register(self, panels: Panels) -> None:
        """All houses are there: the centre may know them."""

    def entrances(self) -> dict[str, Any]:
        """What the page offers beside the world."""

    def look(self, timeline: Timeline, panels: Sequence[Watched]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Brings the timeline up to date, and returns what else is seen of the cloud, and what people were told."""

    def unix_ms(self) -> int:
        """The wall clock."""


class OwnCloud:
    """Broker, ingest, case work, notices into a sink, and pages, in `folder`; `doors` leads to the pages."""

    def __init__(self, folder: Path, broker: str, doors: Doors, cloud_url: str) -> None:
        self._cloud = RealCloud(folder / "cloud", broker)
        self._doors = doors
        self._cloud_url = cloud_url
        self._running = ExitStack()

    def __enter__(self) -> Self:
        self._running.enter_context(self._cloud)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._doors.lead_to(None, {})
        self._running.close()

    def world(self, server: ForkServer, house: HouseDescription) -> AbstractContextManager[RealWorld]:
        """A house with a panel of its own."""
        return house_of(self._cloud, server, house)

    def register(self, panels: Panels) -> None:
        """Registers them with the centre, and lets it work."""
        cloud = self._cloud
        self.centre = EmbeddedCentre(cloud.store, cloud.vault, panels, _now_ms, os.urandom)
        url = f"sqlite:///{cloud.database}"
        cases = CaseService(Store.open(url), None, _now_ms)
        senders = self.centre.sink
        notices = NoticeService(
            Store.open(url), senders.mail, senders.sms, _now_ms, push=senders.push, apps=senders.apps
        )
        for service in (cases, notices):
            service.start()
            self._running.callback(service.stop)
        self._doors.lead_to(
            make_app(Store.open(url), cloud.vault, _now_ms), {one.login: one.path for one in self.centre.logins}
        )

    def entrances(self) -> dict[str, Any]:
        """Its pages."""
        return entrances(self.centre, self._cloud_url)

    def look(self, timeline: Timeline, panels: Sequence[Watched]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """What its store has, and its sink."""
        with self._cloud.store.read() as reading:
            timeline.read(reading)
            return picture_state(panels, reading), self.centre.sunk()

    def unix_ms(self) -> int:
        """The wall clock."""
        return _now_ms()


class CloudElsewhere:
    """A cloud at `url` that has these panels' credentials provisioned. What it makes of events is seen there."""

    def __init__(self, url: str, credentials: list[PanelCredentials]) -> None:
        self._url = url
        self._credentials = list(credentials)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def world(self, server: ForkServer, house: HouseDescription) -> AbstractContextManager[RealWorld]:
        """A house with the next of the panels."""
        return house_with(self._credentials.pop(0), _Unseen(), server, house)

    def register(self, panels: Panels) -> None:
        """It knows what it knows."""

    def entrances(self) -> dict[str, Any]:
        """Its pages, where nobody is signed in."""
        return {
            "doors": [{"role": "operator", "login": "", "name": "", "url": self._url}],
            "password": "",
            "houses": [],
        }

    def look(self, timeline: Timeline, panels: Sequence[Watched]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Nothing of it is seen from here."""
        del timeline, panels
        return {}, []

    def unix_ms(self) -> int:
        """The wall clock."""
        return _now_ms()


class _Unseen(PanelInCloud):
    """Stands where a world has its cloud; what that one knows is not told here."""

    def __init__(self) -> None:
        pass

    def events(self) -> list[Event]:
        """None."""
        return []
