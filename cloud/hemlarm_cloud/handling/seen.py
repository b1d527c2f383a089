"""Who may see and who may work on a case."""

from typing import Any

from sqlalchemy import ColumnElement, Row, or_, select, true

from hemlarm_cloud.actor import CENTRE_ROLES, Actor, Role
from hemlarm_cloud.cases.categories import HOLD_UP
from hemlarm_cloud.errors import ConflictError, NotFoundError, RefusedError
from hemlarm_cloud.scope import visible
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import alarm_case
from hemlarm_cloud.store.schema_sites import site

STAFF = (Role.SUPERVISOR, Role.OPERATOR)
"""Who works on cases, and sees pictures."""


def may_see(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on `alarm_case`, joined with its `site`, for the cases that this actor may know of.

    A hold-up alarm is silent: whoever forces somebody to show the telephone must not read there that help is on its
    way. So it is the centre's alone until the case is closed.
    """
    if actor.role in CENTRE_ROLES:
        return true()
    return visible(actor) & or_(alarm_case.c.category != HOLD_UP, alarm_case.c.closed_ms.is_not(None))


def expect_case(reading: Queries, actor: Actor, case_id: int) -> Row[Any]:
    """Return a case's row. Raises NotFoundError for one that is not there or of a site that is not this actor's."""
    query = select(alarm_case).where(alarm_case.c.id == case_id)
    if actor.role not in CENTRE_ROLES:
        query = query.join(site, site.c.id == alarm_case.c.site).where(may_see(actor))
    found = reading.connection.execute(query).one_or_none()
    if found is None:
        raise NotFoundError(f"no case {case_id} here; `hemlarm cloud case list` shows the open ones")
    return found


def expect_staff(actor: Actor) -> None:
    """Raise RefusedError unless the actor answers alarms."""
    if actor.role not in STAFF:
        raise RefusedError(f"{actor.name} is no operator: cases are worked on by the receiving centre's staff")


def expect_open(reading: Queries, actor: Actor, case_id: int) -> Row[Any]:
    """Return the row of a case that this member of the staff may work on.

    Raises RefusedError, NotFoundError, or ConflictError for a closed one.
    """
    expect_staff(actor)
    found = expect_case(reading, actor, case_id)
    if found.state == "closed":
        raise ConflictError(f"case {case_id} was closed as {found.outcome}: a new alarm makes a new case")
    return found


def expect_version(what: str, found: int, version: int) -> None:
    """Raise ConflictError unless the version that somebody saw is still the one."""
    if found != version:
        raise ConflictError(f"{what} was changed meanwhile (version {found}, you saw {version}): look again")
