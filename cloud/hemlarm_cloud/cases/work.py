"""Case work: what was committed becomes signals, and signals become cases and conditions, in one transaction.

Whatever ends the process, an event has its signal with all that follows from it, or is taken up again. What is new goes
to its cases group by group, and what is urgent first.
"""

import logging
from collections.abc import Sequence

from sqlalchemy import or_, select, update

from hemlarm_cloud.cases import alarms, conditions, lanes, meaning, signals, unhandled
from hemlarm_cloud.cases.signals import Signal
from hemlarm_cloud.forward import outbox
from hemlarm_cloud.service_mode import lookup
from hemlarm_cloud.store import Store, StoreConflictError, StoreError
from hemlarm_cloud.store.schema_cases import service_mode, signal
from hemlarm_cloud.store.schema_centre import route
from hemlarm_cloud.store.transaction import Transaction

GROUPS_MAX = 20
"""Transactions of one call, so that the other steps get their turn."""

_log = logging.getLogger(__name__)

PROMPT_MS = 3_600_000
"""Service mode keeps nothing from people that came later than this: a clock may be wrong, and a call costs little."""

_COVERED = (meaning.ALARM, meaning.ALARM_ENDED, meaning.FAULT_BEGUN, meaning.FAULT_ENDED)
"""What service mode keeps from calling anybody. A cancel of what came before it counts."""


def step(store: Store, now_ms: int) -> int | None:
    """Work on what waits, the most urgent first. Returns `now_ms` where more waits, and None where nothing does."""
    for _ in range(GROUPS_MAX):
        if not _take_somehow(store, now_ms):
            return None
    return now_ms


def _take_somehow(store: Store, now_ms: int) -> bool:
    """Work on one group, and where something in it cannot be handled, on its first row alone.

    A row that is itself the trouble goes before people as it is: one event that we do not understand must not keep the
    next fire waiting. Trouble with the database is no such trouble: it is raised, and nothing has happened.
    """
    trouble = ""
    for at_most in (lanes.AT_MOST, 1):
        try:
            return take_group(store, now_ms, at_most)
        except Exception as error:
            if isinstance(error, StoreError) and not isinstance(error, StoreConflictError):
                raise
            _log.exception("a group of at most %d could not be handled", at_most)
            trouble = type(error).__name__
    return unhandled.give_to_people(store, trouble, now_ms)


def take_group(store: Store, now_ms: int, at_most: int = lanes.AT_MOST) -> bool:
    """Work on one group, at most so many of one lane. Returns False where nothing waits."""
    with store.begin() as tx:
        taken = lanes.take(tx, at_most)
        if taken is None:
            return False
        new = _under_service_mode(tx, signals.store(tx, taken, now_ms))
        lasting = [each for each in new if each.role in conditions.ROLES]
        _handle(tx, [each.id for each in lasting if each.handling == meaning.RECORD], "condition")
        conditions.take(tx, lasting, now_ms)
        for site, of_site in _by_site(new).items():
            alarms.take(tx, site, of_site, now_ms)
        _forward(tx, new, now_ms)
    return True


def _by_site(new: Sequence[Signal]) -> dict[int, list[Signal]]:
    """Return what can change alarms' cases, by site."""
    found: dict[int, list[Signal]] = {}
    for each in new:
        if each.handling != "service" and each.role in alarms.ROLES:
            found.setdefault(each.site, []).append(each)
    return found


def _under_service_mode(tx: Transaction, new: Sequence[Signal]) -> list[Signal]:
    """Mark what came while its site was in service mode; return all of them as they are then."""
    sites = sorted({each.site for each in new if each.role in _COVERED})
    earliest_ms = min(each.dated_ms for each in new)
    lasted = or_(service_mode.c.ended_ms.is_(None), service_mode.c.ended_ms > earliest_ms)
    query = select(service_mode.c.site).where(service_mode.c.site.in_(sites), service_mode.c.until_ms > earliest_ms)
    served = set(tx.connection.scalars(query.where(lasted).distinct()))
    found = []
    for each in new:
        service = None
        prompt = abs(each.received_ms - each.dated_ms) <= PROMPT_MS
        if each.site in served and each.role in _COVERED and prompt:
            service = lookup.covering(tx, each.site, each.transmitter, each.category, each.dated_ms)
        if service is not None:
            this = update(signal).where(signal.c.id == each.id)
            tx.connection.execute(this.values(handling="service", service=service))
            found.append(each._replace(handling="service"))
        else:
            found.append(each)
    return found


def _handle(tx: Transaction, ids: Sequence[int], handling: str) -> None:
    if ids:
        tx.connection.execute(update(signal).where(signal.c.id.in_(ids)).values(handling=handling))


def _forward(tx: Transaction, new: Sequence[Signal], now_ms: int) -> None:
    """Put what other centres are to have into their outboxes, in its order."""
    sites = sorted({each.site for each in new})
    routed = set(tx.connection.scalars(select(route.c.site).where(route.c.site.in_(sites)).distinct()))
    outbox.enqueue_all(tx, [each.id for each in new if each.site in routed], now_ms)
