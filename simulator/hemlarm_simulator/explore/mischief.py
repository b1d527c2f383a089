"""What goes wrong with panel, network and cloud, as moves. Times are in milliseconds."""

from collections.abc import Callable
from typing import Any

from hemlarm_simulator.cloud import VERBS
from hemlarm_simulator.explore.account import EVENT, PARKED
from hemlarm_simulator.explore.scene import OFF_MS, Scene

ASKED_FROM = 100
"""The user numbers of the cloud's questions begin here; people have smaller ones."""


def cut(scene: Scene, off_ms: str) -> None:
    """The panel loses its power, mains and battery both, for a while."""
    scene.off_ms = int(off_ms)
    scene.world.power_cut()


def cut_at(scene: Scene, operation: str, torn: str, off_ms: str) -> None:
    """Power goes at a flash operation to come, with so many hundredths of it done; "-" for before it."""
    scene.off_ms = int(off_ms)
    scene.world.cut_at_flash_operation(int(operation), None if torn == "-" else int(torn) / 100)


def reset(scene: Scene) -> None:
    """Somebody presses the panel's reset button."""
    scene.world.reset_panel()


def hang(scene: Scene, kind: str) -> None:
    """A fault in the firmware: "inputs" are heard no more, or it is "busy" for ever."""
    scene.world.hang_panel(kind)


def forget(scene: Scene, off_ms: str) -> None:
    """The panel loses its power, and its state memory goes bad meanwhile.

    Its salts are then in the cloud's store and nowhere else. So this waits until they are there, and no copy of the
    store from before will take its place: what they sealed could be read by nobody.
    """
    cut(scene, off_ms)
    if not scene.world.panel.on and _knows_every_salt(scene):
        scene.backups.clear()
        scene.world.forget_state()


def _knows_every_salt(scene: Scene) -> bool:
    world = scene.world
    with world.cloud_process.store.read() as reading:
        known = [incarnation.salt for incarnation in reading.incarnations(world.panel.id)]
    return all(salt in known for salt in scene.account.memory().salts)


def kept_clock(scene: Scene, delta_ms: str) -> None:
    """The clock jumps that the panel keeps over resets."""
    scene.world.disturb_rtc(int(delta_ms))


def mains(scene: Scene, for_ms: str) -> None:
    """A power failure in the street."""
    supply = scene.world.supply
    if supply is not None and supply.mains:
        scene.done["mains-lost"] += 1
        supply.mains = False
        scene.world.clock.call_in(int(for_ms), lambda: setattr(supply, "mains", True))


def crash(scene: Scene, when: str, down_ms: str) -> None:
    """The ingest dies "now", or around the commit of the next event."""
    scene.world.cloud_process.crash(int(down_ms), when)


def wipe(scene: Scene, down_ms: str) -> None:
    """The broker loses all sessions and is away for a while."""
    scene.world.broker_wipe(int(down_ms))


def _network(part: str) -> Callable[[Scene, str], None]:
    def out(scene: Scene, for_ms: str) -> None:
        setattr(scene.world.network, part, False)
        scene.later(int(for_ms), lambda: setattr(scene.world.network, part, True))

    return out


outage, router_off, port_off = _network("up"), _network("router_on"), _network("port_on")


def slow(scene: Scene, delay_ms: str, jitter_ms: str, for_ms: str) -> None:
    """The network is slow for a while."""
    network = scene.world.network
    usual = (network.delay_ms, network.jitter_ms)
    network.delay_ms, network.jitter_ms = int(delay_ms), int(jitter_ms)

    def mend() -> None:
        network.delay_ms, network.jitter_ms = usual

    scene.later(int(for_ms), mend)


def drop(scene: Scene) -> None:
    """The connection is reset; both ends are told."""
    scene.world.network.drop_connection()


def half_open(scene: Scene) -> None:
    """The broker's side of the connection vanishes, and the panel is not told."""
    scene.world.network.half_open()


def disturb(scene: Scene, kind: str, direction: str, for_ms: str, per_mille: str) -> None:
    """Messages are lost, repeated, held up or damaged, so many in a thousand."""
    scene.world.disturb(kind, direction, int(for_ms), int(per_mille))


def cloud_clock(scene: Scene, delta_ms: str, for_ms: str) -> None:
    """The cloud's wall clock is wrong for a while."""
    cloud = scene.world.cloud_process
    cloud.jump_clock(int(delta_ms))
    scene.later(int(for_ms), lambda: cloud.jump_clock(-int(delta_ms)))


def backup(scene: Scene) -> None:
    """Somebody makes a copy of the store."""
    scene.backups.append(scene.world.cloud_process.backup())


def restore(scene: Scene, down_ms: str) -> None:
    """The store is lost and its last copy takes its place."""
    if scene.backups:
        scene.world.cloud_process.restore(scene.backups[-1], int(down_ms))


def misacknowledge(scene: Scene) -> None:
    """Somebody acknowledges an event with another tag."""
    scene.world.cloud_process.misacknowledge()


def ask(scene: Scene, user: str, verb: str, argument: str) -> None:
    """The cloud asks for something, on behalf of a user number that nobody else ever has."""
    scene.asked.append((int(user), verb))
    scene.world.cloud.send_command(VERBS[verb], int(argument), int(user))


def give_power_back(scene: Scene) -> Callable[[int, str, tuple[Any, ...]], None]:
    """Returns a watcher for the ledger that turns power on again some time after it went."""

    def watch(_at_ms: int, kind: str, values: tuple[Any, ...]) -> None:
        if kind == "trace" and values[0] == EVENT and values[3] == PARKED:
            scene.done["battery-empty"] += 1
        if kind == "power cut" and not scene.over:
            scene.later(scene.off_ms, scene.has_power_again)
            scene.off_ms = OFF_MS

    return watch
