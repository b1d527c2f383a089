"""What the centre writes to customers by itself: feedback after an alarm, reminders of faults. Never a call."""

from typing import Any

from sqlalchemy import Row, select

from hemlarm_cloud.actor import SYSTEM
from hemlarm_cloud.cases.categories import HOLD_UP
from hemlarm_cloud.handling import log, outcomes, steps, taskwork
from hemlarm_cloud.notices import names, recipients, texts
from hemlarm_cloud.notices.recipients import Recipient
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import condition
from hemlarm_cloud.store.schema_sites import contact, person, site
from hemlarm_cloud.store.transaction import Transaction

_CONTACTS_MAX = 20
_REMINDERS = {"mains": "mains-lost", "battery": "low-battery", "sensor-battery": "low-battery"}
"""What a customer is written about each kind of lasting fault."""

_RESULTS = {"sms": "texted", "mail": "mailed"}


def give_feedback(tx: Transaction, case: Row[Any], outcome: str, now_ms: int) -> None:
    """Tell the customer how an alarm ended that nobody had to work on, and finish the case's feedback.

    Somebody who was held up is told nothing in writing that another could read. A case that only went into another one
    had no end of its own to tell of.
    """
    waiting = [row for row in taskwork.task_rows(tx, case.id) if row.kind == steps.FEEDBACK and row.state == "open"]
    if not waiting or case.category == HOLD_UP or outcome not in outcomes.OUTCOMES:
        return
    result = tell_feedback(tx, case, outcome, now_ms)
    taskwork.finish(tx, waiting[0], result, "", SYSTEM.name, now_ms)
    log.write(tx, case.id, case.site, SYSTEM.name, "feedback", {"result": result}, now_ms)


def tell_feedback(tx: Transaction, case: Row[Any], outcome: str | None, now_ms: int) -> str:
    """Put the feedback of a case into the outbox. Returns "texted", "mailed", or "not-reached" without an address.

    However often it is called, each outcome of a case is told once.
    """
    place = _site(tx, case.site)
    told = first_reached(tx, case.site, now_ms)
    if told is None:
        return "not-reached"
    text = texts.compose(
        "feedback",
        told.language,
        site=place.name,
        category=names.category(case.category, told.language),
        at=names.when(min(case.began_ms, case.opened_ms), place.time_zone),
        outcome=outcomes.told(outcome, told.language),
    )
    recipients.tell(tx, f"feedback:{case.id}:{outcome or 'going-on'}", told, text, now_ms, case.site, case.id)
    return _RESULTS[told.channel]


def remind(tx: Transaction, case: Row[Any], now_ms: int) -> str | None:
    """Remind the customer of the fault that a case is about.

    Returns as `tell_feedback` does, or None for a fault that nobody can be reminded of without an explanation.
    """
    fault = _fault(tx, case)
    topic = _REMINDERS.get(fault.kind) if fault else None
    if fault is None or topic is None:
        return None
    told = first_reached(tx, case.site, now_ms)
    if told is None:
        return "not-reached"
    place = _site(tx, case.site)
    text = texts.compose(topic, told.language, site=place.name, since=names.when(fault.began_ms, place.time_zone))
    recipients.tell(tx, f"remind:{case.id}", told, text, now_ms, case.site, case.id)
    return _RESULTS[told.channel]


def _fault(reading: Queries, case: Row[Any]) -> Any:
    table = condition
    query = select(table.c.kind, table.c.began_ms).where(table.c.case == case.id).order_by(table.c.id).limit(1)
    return reading.connection.execute(query).one_or_none()


def first_reached(reading: Queries, site_id: int, now_ms: int) -> Recipient | None:
    """Return whom to write to about what happened at a site: the first contact with a mobile number.

    Otherwise the first one who decides about the site and can be reached at all. A fire neighbour is not told.
    """
    query = select(person).join(contact, contact.c.person == person.c.id).order_by(contact.c.position)
    query = query.where(contact.c.site == site_id, contact.c.fire_neighbour.is_(False)).limit(_CONTACTS_MAX)
    for row in reading.connection.execute(query):
        if (by_sms := recipients.by_sms(row)) is not None:
            return by_sms
    return next(iter(recipients.of_site(reading, site_id, now_ms)), None)


def _site(reading: Queries, site_id: int) -> Row[Any]:
    return reading.connection.execute(select(site).where(site.c.id == site_id)).one()
