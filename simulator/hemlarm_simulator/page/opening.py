"""Brings up what `hemlarm sim open` promises: the world and its cloud, the page, and the cloud's own pages."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from hemlarm_cloud.api.service import ApiService
from hemlarm_cloud.provision import PanelCredentials
from hemlarm_simulator.description import HouseDescription
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.page.doors import Doors
from hemlarm_simulator.page.feed import Feed
from hemlarm_simulator.page.real_runner import RealRunner
from hemlarm_simulator.page.real_side import CloudElsewhere, OwnCloud, RealSide
from hemlarm_simulator.page.runner import VirtualRunner
from hemlarm_simulator.page.server import make_page

_HOSTS = ("127.0.0.1", "localhost")


@dataclass(frozen=True)
class Wanted:
    """What is to be opened. With `cloud`, the address of one elsewhere, `credentials` has one panel for each house."""

    houses: list[HouseDescription]
    listen: tuple[str, int] = ("127.0.0.1", 0)
    seed: int = 1
    real_time: bool = False
    broker: str = "nats"
    cloud: str = ""
    credentials: tuple[PanelCredentials, ...] = ()


class Opened(NamedTuple):
    """The addresses of the page and of the embedded cloud's pages, and what drives the world."""

    page: str
    cloud: str
    runner: VirtualRunner | RealRunner


@contextmanager
def opened(wanted: Wanted) -> Iterator[Opened]:
    """Runs it all. Raises ApiError, BrokerError, LaunchError, PanelCrashedError."""
    host, port = wanted.listen
    feed = Feed()
    runner: VirtualRunner | RealRunner
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="hemlarm-house-")))
        server = running.enter_context(ForkServer())
        doors = Doors(lambda: runner.acted())
        cloud = ApiService(doors, (host, port + 1 if port else 0))
        cloud_url = f"http://{host}:{cloud.port}"
        if wanted.real_time or wanted.cloud:
            side = _side(wanted, folder, doors, cloud_url)
            runner = RealRunner(server, wanted.houses, feed, side)
        else:
            runner = VirtualRunner(server, folder, wanted.houses, wanted.seed, feed, doors, cloud_url, time.monotonic)
        page = ApiService(make_page(feed, runner, (*_HOSTS, host)), wanted.listen)
        cloud.start()
        running.callback(cloud.stop)
        runner.start()
        running.callback(runner.stop)
        page.start()
        running.callback(page.stop)
        yield Opened(f"http://{host}:{page.port}", wanted.cloud or cloud_url, runner)


def _side(wanted: Wanted, folder: Path, doors: Doors, cloud_url: str) -> RealSide:
    if wanted.cloud:
        return CloudElsewhere(wanted.cloud, list(wanted.credentials))
    return OwnCloud(folder, wanted.broker, doors, cloud_url)
