"""What a receiver's answer means for a telegram: tables of what to do about each status."""

from dataclasses import dataclass
from enum import Enum, auto

from hemlarm_cloud.trade.sos_access import STATUS, Status


class Action(Enum):
    """What to do next."""

    DONE = auto()
    """The receiver has it."""
    FAILOVER = auto()
    """This receiver cannot deal with it now; try the other one, and later again."""
    AGAIN = auto()
    """Try once more in a moment, and after that as FAILOVER."""
    REFUSE = auto()
    """It would be refused for ever: a person must look at it."""
    PASSWORD = auto()
    """The receiver does not know us by this password."""
    CLOCK = auto()
    """Our clock and the receiver's differ: say it again with the receiver's time."""
    SLOWER = auto()
    """Heartbeats come too often."""
    NO_HEARTBEATS = auto()
    """Heartbeats are not wanted there."""
    IGNORE = auto()
    """No answer to this telegram, but to one before: wait on."""


@dataclass(frozen=True)
class Verdict:
    """What an answer means, in words for people too; `time_ms` is the receiver's clock, `password` a new one."""

    action: Action
    text: str = ""
    time_ms: int | None = None
    password: str = ""


_SOS_ACCESS = {
    Status.OK: Action.DONE,
    Status.DUPLICATED_ALARM: Action.DONE,  # It came before, and only the answer was lost.
    Status.INVALID_LENGTH: Action.REFUSE,
    Status.INVALID_XML: Action.REFUSE,
    Status.WRONG_CONTENT: Action.REFUSE,
    Status.NOT_AUTHORIZED: Action.PASSWORD,
    Status.NOT_TREATED_NOT_DISTRIBUTED: Action.FAILOVER,
    Status.MANDATORY_DATA_MISSING: Action.REFUSE,
    Status.SERVICE_UNAVAILABLE: Action.FAILOVER,
    Status.SERVER_ERROR: Action.AGAIN,
    Status.OTHER_ERROR: Action.FAILOVER,
    Status.XML_HEADER_MISSING_OR_INVALID: Action.REFUSE,
    Status.PING_TO_OFTEN: Action.AGAIN,
}

_SOS_ACCESS_HEARTBEATS = {
    Status.SERVICE_UNAVAILABLE: Action.NO_HEARTBEATS,
    Status.PING_TO_OFTEN: Action.SLOWER,
}
"""What has a meaning of its own in answer to a heartbeat."""


def sos_access(status: int, info: str, is_heartbeat: bool) -> Verdict:
    """Return what a status of SOS Access means; one that nobody knows is a reason to ask the other receiver."""
    name = STATUS.get(status)
    text = f"status {status} {name or 'unknown'}: {info[:100]}"
    if name is None:
        return Verdict(Action.FAILOVER, text)
    known = Status(status)
    special = _SOS_ACCESS_HEARTBEATS.get(known) if is_heartbeat else None
    return Verdict(special or _SOS_ACCESS[known], text)
