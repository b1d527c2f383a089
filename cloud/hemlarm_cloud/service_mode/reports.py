"""The completion reports of service mode: when it is registered, when it is set, and when it has ended.

They go to the person who ordered it, in that person's language; where the centre itself did, to those who decide about
the site.
"""

from typing import Any

from sqlalchemy import Row, select

from hemlarm_cloud.notices import names, recipients, texts
from hemlarm_cloud.notices.recipients import Recipient
from hemlarm_cloud.service_mode import meanwhile
from hemlarm_cloud.service_mode.lookup import kinds_of
from hemlarm_cloud.store.schema_sites import site as site_table
from hemlarm_cloud.store.transaction import Transaction

_NONE = {"sv": "inga", "en": "none"}


def begin(tx: Transaction, order: Row[Any], now_ms: int) -> None:
    """Tell that an order, a row of `service_mode`, was set, or that it was registered and begins later."""
    _tell(tx, order, "service-set" if order.state == "active" else "service-registered", now_ms)


def withdrawn(tx: Transaction, order: Row[Any], now_ms: int) -> None:
    """Tell that an order was taken back."""
    _tell(tx, order, "service-withdrawn", now_ms)


def ended(tx: Transaction, order: Row[Any], ended_ms: int, came: "meanwhile.Meanwhile", now_ms: int) -> None:
    """Tell that service mode has ended, with what came meanwhile and what is still in fault."""
    site = _site(tx, order.site)
    for recipient in _recipients(tx, order, now_ms):
        language = recipient.language
        lines = [
            f"\n- {names.when(told.dated_ms, site.time_zone)} "
            f"{names.happening(told.category, told.qcode, told.zone, language)}"
            for told in came.first
        ]
        if came.events > len(came.first):
            lines.append("\n- …")
        lasting = meanwhile.describe(came.lasting, language) or _NONE[language]
        more = {"count": str(came.events), "events": "".join(lines), "lasting": lasting}
        _put(tx, order, "service-ended", recipient, site, now_ms, ended=names.when(ended_ms, site.time_zone), **more)


def _tell(tx: Transaction, order: Row[Any], topic: str, now_ms: int) -> None:
    site = _site(tx, order.site)
    for recipient in _recipients(tx, order, now_ms):
        _put(tx, order, topic, recipient, site, now_ms)


def _put(
    tx: Transaction, order: Row[Any], topic: str, recipient: Recipient, site: Row[Any], now_ms: int, **more: str
) -> None:
    facts = {
        "site": site.name,
        "kinds": names.service_kinds(kinds_of(order.kinds), recipient.language),
        "from": names.when(order.from_ms, site.time_zone),
        "until": names.when(order.until_ms, site.time_zone),
        "order": str(order.id),
    }
    text = texts.compose(topic, recipient.language, **facts, **more)
    recipients.tell(tx, f"{topic}:{order.id}", recipient, text, now_ms, order.site)


def _recipients(tx: Transaction, order: Row[Any], now_ms: int) -> list[Recipient]:
    if order.ordered_by is None:
        return recipients.of_site(tx, order.site, now_ms)
    orderer = recipients.person_recipient(tx, order.ordered_by)
    return [orderer] if orderer else []


def _site(tx: Transaction, site_id: int) -> Row[Any]:
    return tx.connection.execute(select(site_table).where(site_table.c.id == site_id)).one()
