"""What comes next in a case: pure, from its tasks in their order and the facts that are known. See `steps.py`."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from hemlarm_cloud.handling import steps
from hemlarm_cloud.handling.steps import CONDITIONS, LADDERS, RESULTS

PROBABLE = "probable"
"""Given by signals: two detectors agree. It counts as confirmed unless somebody at the site is verified."""


class Task(NamedTuple):
    """What of a task matters here. `settled` says that a person did it or left it out."""

    kind: str
    only_if: str
    result: str | None
    settled: bool


def known_facts(tasks: Iterable[Task], given: frozenset[str]) -> frozenset[str]:
    """Return the facts that are known: those given, and those that results brought."""
    facts = given.union(*(_brought(task) for task in tasks))
    if PROBABLE in facts and "verified" not in facts:
        facts |= {"confirmed"}
    return facts


def verdicts(tasks: Sequence[Task], given: frozenset[str]) -> list[bool | None]:
    """Return for each task whether its turn has come: True, False for not needed, None for not decided yet.

    Known facts count wherever they come from; to wait for a fact is worth while only if an earlier task may bring it.
    """
    known = known_facts(tasks, given)
    may_come: set[str] = set()
    found: list[bool | None] = []
    for index, task in enumerate(tasks):
        verdict = _verdict(task, tasks[:index], found, known, may_come)
        found.append(verdict)
        if verdict is not False and not task.settled:
            may_come.update(*RESULTS[task.kind].values())
    return found


def next_tasks(tasks: Sequence[Task], given: frozenset[str]) -> list[int]:
    """Return the indices of the tasks to do now, the first one first.

    Calls for fire brigade and police come before everything; as long as pictures wait to be looked at, only they do.
    The customer hears from us when all else is done.
    """
    judged = verdicts(tasks, given)
    waiting = [index for index, task in enumerate(tasks) if not task.settled and judged[index] is not False]
    ready = [index for index in waiting if judged[index]]
    urgent = [index for index in ready if tasks[index].kind in steps.EMERGENCY]
    pictures = [index for index in ready if tasks[index].kind == steps.LOOK_AT_PICTURES]
    if pictures:
        return urgent + pictures
    if any(tasks[index].kind != steps.FEEDBACK for index in waiting):
        ready = [index for index in ready if tasks[index].kind != steps.FEEDBACK]
    return urgent + [index for index in ready if index not in urgent]


def _brought(task: Task) -> frozenset[str]:
    return frozenset() if task.result is None else RESULTS[task.kind].get(task.result, frozenset())


def _verdict(
    task: Task,
    earlier: Sequence[Task],
    found: Sequence[bool | None],
    known: frozenset[str],
    may_come: set[str],
) -> bool | None:
    """Whether the turn of one task has come, knowing that of those before it."""
    verdict = _holds(task.only_if, known, may_come)
    if verdict is False or task.kind not in LADDERS:
        return verdict
    asked = [(other, found[index]) for index, other in enumerate(earlier) if other.kind == task.kind]
    if any(_brought(other) & LADDERS[task.kind] for other, _ in asked):
        return False
    waits = any(not other.settled and judged is not False for other, judged in asked)
    return None if waits else verdict


def _holds(only_if: str, known: frozenset[str], may_come: set[str]) -> bool | None:
    condition = CONDITIONS[only_if]
    if condition.never & known:
        return False
    if condition.when & known:
        return True
    if (condition.when | condition.never) & may_come:
        return None
    return condition.otherwise
