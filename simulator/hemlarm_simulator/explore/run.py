"""Plays one schedule in a world of its own, mends everything, waits for the recovery, and asks the invariants."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from hemlarm_cloud.store import Command
from hemlarm_installer import firmware_code
from hemlarm_simulator.cloud import VERBS
from hemlarm_simulator.description import HouseDescription, load_house
from hemlarm_simulator.explore import mischief, moves
from hemlarm_simulator.explore.account import Account
from hemlarm_simulator.explore.explored_world import ExploredWorld, Wire
from hemlarm_simulator.explore.invariants.all import CRASH, make
from hemlarm_simulator.explore.invariants.base import Ending, Invariant
from hemlarm_simulator.explore.invariants.nonces import NonceOnce
from hemlarm_simulator.explore.invariants.paths import faulty_paths
from hemlarm_simulator.explore.path_account import PathAccount
from hemlarm_simulator.explore.scene import Scene
from hemlarm_simulator.explore.schedule import Schedule
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.ledger import Watcher
from hemlarm_simulator.power_description import PowerDescription
from hemlarm_simulator.simulated_panel import PanelCrashedError

DAY_MS = 24 * 3600 * 1000

RECOVERY_MS = 600_000
"""Beside one heartbeat, in which a dead connection is noticed, the panel may take so long to recover: the longest pause
between attempts to connect is a minute, and a greeting that is not answered gives up after half of one."""

HEARTBEATS_MAX = 4
"""At a heartbeat the cloud finds out what it misses, asks for some of it, and for the rest at the next ones."""

ANSWER_MS = 55_000
"""Then it must answer a question within this time, in which the cloud repeats it ten times."""

_STATUS_USER = 999
_EVENTS_MAX = 1_000_000


@dataclass(frozen=True)
class Outcome:
    """How a run went: what was broken, if anything, as the invariant's name and what it says; and counts."""

    broken: str
    complaint: str
    virtual_ms: int
    sensor_events: int
    events: int
    faults: Counter[str]
    sha256: str


class Run:
    """One run on a fork server."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._invariants: list[Invariant] = []

    def play(self, server: ForkServer) -> Outcome:
        """Plays it to its end."""
        schedule = self._schedule
        house = _house(schedule)
        with ExploredWorld(
            server, house, schedule.seed, 1000 * schedule.heartbeat_s, schedule.bug, self._observe, schedule.standby_s
        ) as world:
            self._scene.house = house
            crash = self._live(world)
            broken = [(each.name, each.complaint) for each in self._invariants if each.complaint]
            name, complaint = crash or (broken or [("", "")])[0]
            return Outcome(
                name,
                complaint,
                world.now_ms,
                len(self._scene.acts) + 2 * len(self._scene.incidents),
                len(self._account.events()),
                Counter(world.faults) + self._scene.done,
                world.ledger.sha256(),
            )

    def _observe(self, world: ExploredWorld, account: Account) -> tuple[Sequence[Watcher], Sequence[Wire]]:
        self._account = account
        self._scene = Scene(world, world.house.description, account, heartbeat_ms=1000 * self._schedule.heartbeat_s)
        self._paths = PathAccount(self._scene)
        self._invariants = make(account, self._paths)
        self._overhear(world)
        watchers = [each.watch for each in self._invariants if type(each).watch is not Invariant.watch]
        wires = [each.wire for each in self._invariants if type(each).wire is not Invariant.wire]
        return [self._paths.watch, *watchers, mischief.give_power_back(self._scene)], wires

    def _overhear(self, world: ExploredWorld) -> None:
        """The ledger tells what arrives, perhaps damaged; this tells what the cloud said."""
        publish = world.cloud_process.broker.publish
        nonces = [each for each in self._invariants if isinstance(each, NonceOnce)]

        def overheard(topic: str, payload: bytes) -> None:
            for each in nonces:
                each.published(world.now_ms, payload)
            publish(topic, payload)

        world.cloud_process.broker.publish = overheard  # type: ignore[method-assign]

    def _live(self, world: ExploredWorld) -> tuple[str, str] | None:
        """Plays the moves and the recovery; returns the crash, if the firmware crashed."""
        try:
            for move in self._schedule.moves:
                world.run_until(move.at_ms)
                moves.play(self._scene, move.words)
                self._paths.look()
            world.run_until(self._schedule.lasts_ms)
            self._mend(world)
            complaint = self._recover(world)
        except PanelCrashedError as crash:
            return CRASH, str(crash)
        ending = self._ending(world, complaint)
        for each in self._invariants:
            each.end(ending)
        return None

    def _mend(self, world: ExploredWorld) -> None:
        self._scene.over = True
        world.calm()
        network = world.network
        network.up = network.router_on = network.port_on = True
        if world.supply is not None:
            world.supply.mains = True
        self._scene.has_power_again()
        self._paths.look()

    def _recover(self, world: ExploredWorld) -> str:
        """Returns what did not come about."""
        for _ in range(HEARTBEATS_MAX):
            world.run_until(world.now_ms + 1000 * self._schedule.heartbeat_s + RECOVERY_MS)
            if self._has_all(world) and not self._waits_for_a_path(world):
                break
        if not world.panel.on:
            return "the panel is off, and nobody is there to switch it on"
        asked = world.cloud.send_command(VERBS["status"], self._scene.house.areas[0].number, _STATUS_USER)
        if not world.wait_for(lambda: _is_answered(world, asked), ANSWER_MS):
            return "the panel does not answer the cloud"
        left = _pending(world)
        if left:
            world.run_until(world.now_ms + ANSWER_MS)
            left = _pending(world)
        return f"{left} records are still pending" if left else ""

    def _waits_for_a_path(self, world: ExploredWorld) -> bool:
        """Whether the panel has told a path's fault and not yet its end."""
        return bool(faulty_paths(self._account)) and world.modem is not None

    def _has_all(self, world: ExploredWorld) -> bool:
        stored = {event.sealed for event in world.cloud.events()}
        return all(record.sealed in stored for record, _ in self._account.events())

    def _ending(self, world: ExploredWorld, complaint: str) -> Ending:
        panel = world.panel.id
        with world.cloud_process.store.read() as reading:
            kids = [incarnation.kid for incarnation in reading.incarnations(panel)]
            return Ending(
                self._scene,
                reading.events(panel, limit=_EVENTS_MAX),
                [void for kid in kids for void in reading.void_ranges(panel, kid)],
                reading.alerts(panel),
                {command.user: command for command in reading.commands(panel, limit=_EVENTS_MAX)},
                self._account.memory(),
                _pending(world),
                set(kids),
                complaint,
            )


def _house(schedule: Schedule) -> HouseDescription:
    house = load_house(schedule.house)
    if not schedule.battery_mah:
        return house
    power = PowerDescription("lead-acid", schedule.battery_mah, age_percent=100, temperature_c=20, router_backup=False)
    return replace(house, power=power)


def _is_answered(world: ExploredWorld, asked: bytes) -> bool:
    command = world.cloud.command(asked)
    return isinstance(command, Command) and command.status is not None


def _pending(world: ExploredWorld) -> int:
    """What the journal would find pending if the panel started now."""
    journal = firmware_code.load("hemlarm_firmware.journal")
    pending: int = journal.Journal(world.panel.flash["journal"]).pending
    return pending
