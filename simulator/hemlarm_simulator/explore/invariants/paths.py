"""Two paths: what is urgent reaches the cloud while any way is in good order, and a path's fault and end are told."""

from typing import Any

from hemlarm_protocol import contact_id
from hemlarm_simulator.explore.account import Account, Journalled
from hemlarm_simulator.explore.invariants.base import Ending, Invariant
from hemlarm_simulator.explore.path_account import CLOUD, IP, IP_ALIVE, MOBILE, TEXT, PathAccount

IP_FAULT, MOBILE_FAULT, IP_RESTORE, MOBILE_RESTORE = (1351, 1), (1352, 2), (3351, 1), (3352, 2)
"""Contact ID's code with its qualifier, and the zone."""

MEMORY_LOST = (1137, 0)
"""A panel without its saved state says so as it starts, and does not know any more what it had told."""

SETTLED_MS = 300_000
"""The panel ran for so long before: its modem has registered, and its session is open."""

IP_SETTLED_MS = 180_000
"""The fixed line was in good order for so long before: it is in use again."""

MOBILE_SETTLED_MS = 1_200_000
"""The mobile network was, and no modem was in trouble: a failed check is repeated after a quarter of an hour."""

ACKNOWLEDGED_MS = {IP: 10_000, MOBILE: 20_000, TEXT: 90_000}
"""How long an alarm may take where only this way is in good order. The race begins after 4 s, and then there is a
connection to make; the last resort begins after 20 s, and two SMS take up to 5 s each, beside what a modem needs."""

TEXTS_A_DAY = 20
"""Behind so many SMS in a day the panel saves them."""

_DAY_MS = 24 * 3_600_000

FAULT_MS = 300_000
"""How long a path owes an answer before it is faulty, at the slow link levels."""

MARGIN_MS = 120_000


class AcknowledgedInTime(Invariant):
    """An alarm or tamper is acknowledged in time as long as one way is in good order, whatever the others are in."""

    name = "acknowledged-in-time"

    def __init__(self, account: Account, paths: PathAccount) -> None:
        super().__init__(account)
        self._paths = paths
        self._acknowledged_ms: dict[bytes, int] = {}

    def watch(self, at_ms: int, kind: str, values: tuple[Any, ...]) -> None:
        """Keeps account of acknowledgements."""
        if kind == "trace" and values[0] == "acknowledged":
            for record in self.account.records.values():
                if record.number == values[2]:
                    self._acknowledged_ms.setdefault(record.sealed, at_ms)

    def end(self, ending: Ending) -> None:
        """Looks at every urgent event."""
        for record, event in self.account.events():
            if record.urgency > contact_id.TAMPER or record.written_ms > ending.scene.now_ms - SETTLED_MS:
                continue
            way = self._way(record)
            if way is None:
                continue
            limit_ms = ACKNOWLEDGED_MS[way]
            took_ms = self._acknowledged_ms.get(record.sealed, 1 << 60) - record.written_ms
            if took_ms > limit_ms:
                took = f"after {took_ms} ms" if took_ms < 1 << 50 else "never"
                self.complain(
                    f"event {record.number} ({event.qcode}), journalled at {record.written_ms} ms, was acknowledged "
                    f"{took}, though the way by {way} was in good order: at most {limit_ms} ms"
                )

    def _way(self, record: Journalled) -> str | None:
        """The quickest way that was in good order when an event had to go, or None."""
        at_ms = record.written_ms
        for way, settled_ms in ((IP, IP_SETTLED_MS), (MOBILE, MOBILE_SETTLED_MS), (TEXT, MOBILE_SETTLED_MS)):
            end_ms = at_ms + ACKNOWLEDGED_MS[way]
            if self.account.troubled(at_ms - SETTLED_MS, end_ms):
                return None
            if not self._paths.good(CLOUD, at_ms - IP_SETTLED_MS, end_ms):
                return None
            if self._paths.good(way, at_ms - settled_ms, end_ms) and not (way == TEXT and self._saving(at_ms)):
                return way
        return None

    def _saving(self, at_ms: int) -> bool:
        return sum(at_ms - 2 * _DAY_MS <= when <= at_ms for when in self._paths.texted_ms) > TEXTS_A_DAY


class PathFaultsTold(Invariant):
    """A fixed line that is dead for long is told over the other path, and when all is mended every fault has ended."""

    name = "path-faults-told"

    def __init__(self, account: Account, paths: PathAccount) -> None:
        super().__init__(account)
        self._paths = paths

    def end(self, ending: Ending) -> None:
        """Looks for the event of each long fault, and for the end of all."""
        if ending.scene.world.modem is None:
            return
        told = [(record.written_ms, (event.qcode, event.zone)) for record, event in self.account.events()]
        for begun_ms, ended_ms in self._paths.bad_spans(IP_ALIVE):
            self._long_fault(told, begun_ms, min(ended_ms, ending.scene.now_ms), ending.scene.heartbeat_ms)
        for path in faulty_paths(self.account):
            self.complain(f"all is mended, and the last that was told of path {path} is its fault")

    def _long_fault(
        self, told: list[tuple[int, tuple[int, int]]], begun_ms: int, ended_ms: int, heartbeat_ms: int
    ) -> None:
        by_ms = begun_ms + heartbeat_ms + FAULT_MS + MARGIN_MS
        settled_ms = begun_ms - MOBILE_SETTLED_MS
        if by_ms > ended_ms or self.account.troubled(settled_ms, by_ms):
            return
        if not (self._paths.good(MOBILE, settled_ms, by_ms) and self._paths.good(CLOUD, settled_ms, by_ms)):
            return
        known = [what for at_ms, what in told if at_ms <= by_ms and what in (IP_FAULT, IP_RESTORE)]
        if known[-1:] != [IP_FAULT]:
            self.complain(f"the fixed line was dead from {begun_ms} ms, and by {by_ms} ms that was not told")


def faulty_paths(account: Account) -> list[int]:
    """The paths of which the panel has told a fault, and not its end, since it last lost its memory."""
    found = []
    told = [(event.qcode, event.zone) for _, event in account.events()]
    lost = max((place for place, what in enumerate(told) if what == MEMORY_LOST), default=0)
    told = told[lost:]
    for fault, restore in ((IP_FAULT, IP_RESTORE), (MOBILE_FAULT, MOBILE_RESTORE)):
        if [what for what in told if what in (fault, restore)][-1:] == [fault]:
            found.append(fault[1])
    return found
