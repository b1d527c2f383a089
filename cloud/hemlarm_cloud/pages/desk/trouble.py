"""What an operator reads when something cannot be done: who was faster, what is left to do, and never a code."""

from typing import NamedTuple

from hemlarm_cloud.errors import CentreError, ConflictError, NotFoundError, RefusedError
from hemlarm_cloud.handling import views
from hemlarm_cloud.pages.depends import AccountVisit
from hemlarm_cloud.pages.desk import log_view, tasks_view
from hemlarm_cloud.pages.desk.naming import operator_name, words_of

STATUSES = {NotFoundError: 404, RefusedError: 403, ConflictError: 409}
"""Of each kind of trouble; any other is a value that cannot be."""


class Told(NamedTuple):
    """What is said: a title, what happened, and the domain's own words, in English, as a detail."""

    title: str
    text: str
    detail: str


def status_of(error: CentreError) -> int:
    """Return the status of the answer."""
    return STATUSES.get(type(error), 422)


def explain(visit: AccountVisit, error: CentreError) -> Told:
    """Return what is said about trouble with anything but a case."""
    title = visit.text(f"trouble.title-{status_of(error)}")
    return Told(title, visit.text(f"trouble.what-{status_of(error)}"), str(error))


def explain_case(visit: AccountVisit, error: CentreError, case_id: int, closing: bool) -> Told:
    """Return what is said about trouble with a case; `closing` when somebody tried to close it."""
    told = explain(visit, error)
    if not isinstance(error, ConflictError):
        return told
    with visit.store.read() as reading:
        case = views.case(reading, visit.actor, case_id)
        words = words_of(visit.language)
        if case["state"] == "closed":
            text = visit.text("desk.clash-closed", outcome=words.name("outcome", case["outcome"]).lower())
            return told._replace(text=text)
        if case["operator"] not in (None, visit.actor.name):
            return told._replace(text=visit.text("desk.clash-operator", name=operator_name(case["operator"])))
        if closing:
            left = [task.name for task in tasks_view.shown(case, words, True) if _is_left(task)]
            if left:
                text = visit.text("desk.clash-left", tasks=", ".join(dict.fromkeys(left)))
                return Told(visit.text("desk.clash-left-title"), text, str(error))
        latest = next(iter(log_view.of_case(reading, visit.actor, case_id, words)), None)
    if "password" in str(error):
        return Told(visit.text("desk.clash-password-title"), visit.text("desk.clash-password"), str(error))
    if latest is None or not latest.by_people:
        return told._replace(title=visit.text("desk.clash-title"))
    what = visit.text("desk.clash-latest", name=latest.who, what=latest.what.lower())
    return Told(visit.text("desk.clash-title"), what, str(error))


def _is_left(task: tasks_view.TaskShown) -> bool:
    return task.standing in (tasks_view.NEXT, tasks_view.READY, tasks_view.LATER)
