"""No command is executed twice."""

from collections import Counter

from hemlarm_simulator.explore.invariants.base import Ending, Invariant
from hemlarm_simulator.explore.mischief import ASKED_FROM

_COMMAND = 2
"""The source of an event that a command has caused."""


class CommandOnce(Invariant):
    """Each question of the explorer has a user number of its own, so each of its events happens at most once.

    One whose turn was cut off in the middle was not executed: it may be, once. And a panel whose memory was taken away
    cannot know what it has executed; it is in another incarnation then.
    """

    name = "command-once"

    def end(self, ending: Ending) -> None:
        """Counts the events of each question."""
        seen: Counter[tuple[bytes, int, int, int, int]] = Counter()
        for record, event in self.account.events():
            if event.source == _COMMAND and event.user >= ASKED_FROM and record.whole:
                seen[record.kid, event.user, event.qcode, event.area, event.zone] += 1
        for (_, user, qcode, area, zone), times in sorted(seen.items()):
            if times > 1:
                asked = dict(ending.scene.asked).get(user, "")
                self.complain(f"{asked} of user {user} was executed {times} times: {qcode} area {area} zone {zone}")
