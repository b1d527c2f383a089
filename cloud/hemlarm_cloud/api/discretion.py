"""What is kept from customers and installers although it is their own.

A hold-up or duress alarm is silent: whoever forces somebody to show the telephone must not read there that help is on
its way. So it is seen by the centre alone until its case is closed. Names, notes and pictures stay at the centre.
"""

from sqlalchemy import ColumnElement, or_, true

from hemlarm_cloud.actor import CENTRE_ROLES, Actor
from hemlarm_cloud.cases.categories import HOLD_UP
from hemlarm_cloud.handling.log import KEPT_KINDS
from hemlarm_cloud.handling.seen import may_see
from hemlarm_cloud.store.schema_cases import alarm_case, case_log, signal


def is_centre(actor: Actor) -> bool:
    """Tell whether this is one of the centre's own people."""
    return actor.role in CENTRE_ROLES


def may_see_signal(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on `signal`, outer joined with its `alarm_case`."""
    return true() if is_centre(actor) else or_(signal.c.category != HOLD_UP, alarm_case.c.closed_ms.is_not(None))


def may_see_log(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on `case_log`, joined with its `alarm_case` and outer joined with its `site`."""
    if is_centre(actor):
        return true()
    return may_see(actor) & case_log.c.kind.not_in(KEPT_KINDS)
