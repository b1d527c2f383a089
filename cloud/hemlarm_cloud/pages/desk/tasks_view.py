"""A case's action plan as a checklist: what was done, what comes next and how it can turn out, what may still come."""

from typing import Any, NamedTuple

from hemlarm_cloud.handling import steps
from hemlarm_cloud.handling.outcomes import OUTCOMES
from hemlarm_cloud.pages.desk.naming import operator_name
from hemlarm_cloud.reports.words import Words

DONE, LEFT_OUT, NOT_NEEDED, NEXT, READY, LATER = "done", "left-out", "not-needed", "next", "ready", "later"
"""How a task stands: `next` is to be done now, `ready` may be, `later` waits for what others bring."""

_WRITTEN = ("texted", "mailed")
"""Results of feedback that sending it brings."""


class Result(NamedTuple):
    """One way in which a task can turn out. `digit` is its key; `needs_password` that it must have been right."""

    value: str
    name: str
    digit: int
    needs_password: bool


class Call(NamedTuple):
    """Whom to call."""

    name: str
    phones: list[str]


class TaskShown(NamedTuple):
    """A task in words."""

    id: int
    kind: str
    name: str
    condition: str
    text: str
    call: Call | None
    standing: str
    results: list[Result]
    result_name: str
    note: str
    done_ms: int | None
    done_by: str
    due_ms: int | None
    version: int


def shown(case: dict[str, Any], words: Words, password_right: bool) -> list[TaskShown]:
    """Return the tasks of a case, as `handling.views.case` gives it, in their order."""
    return [_task(task, words, password_right) for task in case["tasks"]]


def _task(task: dict[str, Any], words: Words, password_right: bool) -> TaskShown:
    standing = _standing(task)
    return TaskShown(
        task["id"],
        task["kind"],
        words.name("step", task["kind"]),
        words.name("only-if", task["only_if"]),
        task["text"],
        _call(task["call"]),
        standing,
        _results(task["kind"], words, password_right) if standing in (NEXT, READY) else [],
        words.name("result", task["result"]),
        task["note"],
        task["done_ms"],
        operator_name(task["done_by"]) if task["done_by"] else "",
        task["due_ms"],
        task["version"],
    )


def _standing(task: dict[str, Any]) -> str:
    if task["done_by"] is not None:
        if task["state"] == "done":
            return DONE
        return LEFT_OUT if task["done_by"].partition(":")[0] != "system" else NOT_NEEDED
    if task["state"] == "not-needed":
        return NOT_NEEDED
    if task["turn"] is None:
        return LATER
    return NEXT if task["turn"] == 1 else READY


def _call(call: dict[str, str] | None) -> Call | None:
    if call is None:
        return None
    return Call(call["name"], [phone for phone in (call["phone"], call["other_phone"]) if phone])


def _results(kind: str, words: Words, password_right: bool) -> list[Result]:
    """The results that a button of their own brings; what a form brings is not among them."""
    if kind == steps.GUARD_REPORT:
        return []
    possible = [value for value in steps.RESULTS[kind] if kind != steps.FEEDBACK or value not in _WRITTEN]
    return [
        Result(
            value,
            words.name("result", value),
            digit,
            "verified" in steps.RESULTS[kind][value] and not password_right,
        )
        for digit, value in enumerate(possible, 1)
    ]


class Choice(NamedTuple):
    """A word of the store and what it is called."""

    value: str
    name: str


def outcomes(case: dict[str, Any], words: Words) -> list[Choice]:
    """Return how a case can end, without what it cannot be."""
    cancelled = case["cancelled_ms"] is not None
    return [
        Choice(name, words.name("outcome", name))
        for name, outcome in OUTCOMES.items()
        if case["kind"] in outcome.kinds and (cancelled or name != "cancelled-by-user")
    ]


def causes(words: Words) -> list[Choice]:
    """Return what a guard can report."""
    return [Choice(cause, words.name("result", cause)) for cause in steps.RESULTS[steps.GUARD_REPORT]]


def kinds(words: Words) -> list[Choice]:
    """Return what a task that is added can be."""
    return [Choice(kind, words.name("step", kind)) for kind in steps.KINDS]
