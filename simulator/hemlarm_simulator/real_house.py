"""A house in real time with everything it needs: its own cloud and broker, a cable that can be pulled, its panel."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

from hemlarm_cloud.provision import PanelCredentials
from hemlarm_simulator.description import HouseDescription
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.real_cloud import PanelInCloud, RealCloud
from hemlarm_simulator.real_world import RealWorld
from hemlarm_simulator.relay import Relay
from hemlarm_simulator.simulated_panel import PanelSetup
from hemlarm_simulator.world import World

APP = "hemlarm_firmware.app"
_SALT_BYTES = 16


def real_worlds(broker: str) -> Callable[[ForkServer, HouseDescription], AbstractContextManager[World]]:
    """Return what makes a world for each scenario, with a cloud of its own."""

    @contextmanager
    def make(server: ForkServer, house: HouseDescription) -> Iterator[World]:
        with (
            tempfile.TemporaryDirectory(prefix="hemlarm-") as folder,
            RealCloud(Path(folder), broker) as cloud,
            house_of(cloud, server, house) as world,
        ):
            yield world

    return make


class FixedCable:
    """A cable that nobody pulls: nothing stands between panel and broker, so nothing slows what is measured."""

    up = True
    black_hole = False


@contextmanager
def house_of(
    cloud: RealCloud, server: ForkServer, house: HouseDescription, program: str = APP, pullable: bool = True
) -> Iterator[RealWorld]:
    """Provision a panel at `cloud` and run it in `house`, by default behind a cable that can be pulled."""
    credentials = cloud.provision()
    panel = PanelInCloud(cloud, credentials.panel_id)
    with house_with(credentials, panel, server, house, program, pullable) as world:
        yield world


@contextmanager
def house_with(
    credentials: PanelCredentials,
    cloud: PanelInCloud,
    server: ForkServer,
    house: HouseDescription,
    program: str = APP,
    pullable: bool = True,
) -> Iterator[RealWorld]:
    """Run a panel that is provisioned somewhere; `cloud` is what is known of it there."""
    with Relay(credentials.host, credentials.port) if pullable else nullcontext(FixedCable()) as cable:
        plugged = replace(credentials, port=cable.port) if isinstance(cable, Relay) else credentials
        setup = PanelSetup(vars(plugged), house.panel_config(os.urandom(_SALT_BYTES)), program=program)
        broker = (credentials.host, credentials.port)
        with RealWorld(server, house, setup, cloud, cable, broker) as world:
            yield world
