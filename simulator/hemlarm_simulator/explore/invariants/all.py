"""The list of invariants, in the order in which a run that breaks several is told."""

from hemlarm_simulator.explore.account import Account
from hemlarm_simulator.explore.invariants.alarms import EveryAlarmTold, NoFalseAlarm, SirenHasEvent
from hemlarm_simulator.explore.invariants.arming import ArmingKept
from hemlarm_simulator.explore.invariants.base import Invariant
from hemlarm_simulator.explore.invariants.commands import CommandOnce
from hemlarm_simulator.explore.invariants.delivery import EveryEventOnce, ForgetsOnlyWhatIsStored, NumbersComplete
from hemlarm_simulator.explore.invariants.nonces import NonceOnce
from hemlarm_simulator.explore.invariants.paths import AcknowledgedInTime, PathFaultsTold
from hemlarm_simulator.explore.invariants.recovery import AlwaysRecovers
from hemlarm_simulator.explore.invariants.timers import TimersHold
from hemlarm_simulator.explore.invariants.urgency import UrgentAtOnce
from hemlarm_simulator.explore.path_account import PathAccount

KINDS: tuple[type[Invariant], ...] = (
    EveryEventOnce,
    ForgetsOnlyWhatIsStored,
    NonceOnce,
    NumbersComplete,
    CommandOnce,
    ArmingKept,
    EveryAlarmTold,
    NoFalseAlarm,
    SirenHasEvent,
    TimersHold,
    UrgentAtOnce,
    AlwaysRecovers,
)
OF_PATHS: tuple[type[AcknowledgedInTime] | type[PathFaultsTold], ...] = (AcknowledgedInTime, PathFaultsTold)
"""Those that look at the ways to the cloud as well."""
CRASH = "never-crashes"
"""The one that the world itself finds."""

NAMES = (CRASH, *(kind.name for kind in KINDS), *(kind.name for kind in OF_PATHS))


def make(account: Account, paths: PathAccount) -> list[Invariant]:
    """Every invariant for one run."""
    return [*(kind(account) for kind in KINDS), *(kind(account, paths) for kind in OF_PATHS)]
