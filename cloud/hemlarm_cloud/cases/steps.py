"""All timed work of the receiving centre, in the order in which it gets its turn.

A step works on what waits at the given moment, in several short transactions, and returns when it wants to be called
next (ms since 1970) or None. It reads no clock and no randomness, so virtual time drives it as real time does.
"""

from collections.abc import Callable

from hemlarm_cloud.access import forgetting
from hemlarm_cloud.cases import conditions, work
from hemlarm_cloud.handling import timers
from hemlarm_cloud.keys import ending as keys
from hemlarm_cloud.notices import telling
from hemlarm_cloud.pictures import retention
from hemlarm_cloud.reports import monthly
from hemlarm_cloud.service_mode import ending
from hemlarm_cloud.store import Store
from hemlarm_cloud.supervision import dates, foreign
from hemlarm_cloud.updates import step as releases

Step = Callable[[Store, int], int | None]

CASES = "cases"

STEPS: dict[str, Step] = {
    CASES: work.step,
    "conditions": conditions.step,
    "timers": timers.step,
    "notices": telling.step,
    "service mode": ending.step,
    "silence of foreign transmitters": foreign.step,
    "dates": dates.step,
    "monthly reports": monthly.step,
    "pictures": retention.step,
    "codes and attempts": forgetting.step,
    "ended keys": keys.step,
    "releases": releases.step,
}
"""By name, for logs. What is urgent comes first: every other step is bounded, and new events come again after each."""

FOLLOWING = ("conditions", "timers", "notices")
"""Steps that new events may bring something soon."""
