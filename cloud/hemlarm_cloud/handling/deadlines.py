"""When time alone brings something in a case. Pure: the rules, without a clock."""

from typing import Any

from hemlarm_cloud.cases.categories import FIRE, GAS, HOLD_UP, INTRUSION, TAMPER, WATER

UNCLAIMED_MS = {FIRE: 30_000, GAS: 30_000, HOLD_UP: 30_000, INTRUSION: 60_000, TAMPER: 180_000, WATER: 180_000}
"""How long a case of each category may stand in the queue without an operator before it escalates."""

ESCALATIONS_MAX = 3
"""A case that nobody takes escalates after one, two and four times that long; then everybody has been told."""


def escalates_ms(case: Any) -> int | None:
    """When a case that nobody has escalates next, or None. A released one is as old as it is, and may do so at once."""
    after_ms = UNCLAIMED_MS.get(case.category)
    if case.state != "new" or case.kind != "alarm" or after_ms is None or case.escalation >= ESCALATIONS_MAX:
        return None
    return int(case.opened_ms) + (after_ms << int(case.escalation))


def wake_ms(case: Any, tasks_due_ms: list[int]) -> int | None:
    """When the timers look at a case next. One that waits sleeps until the moment it was put off to."""
    if case.state == "closed":
        return None
    if case.state == "waiting":
        put_off_ms: int | None = case.wake_ms
        return put_off_ms
    moments = [moment for moment in (escalates_ms(case), *tasks_due_ms) if moment is not None]
    return min(moments, default=None)
