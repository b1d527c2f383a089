"""The log of each case: who did what and when. The database refuses to change or remove what is in it."""

import json
from typing import Any, NamedTuple

from sqlalchemy import insert, select

from hemlarm_cloud.actor import CENTRE_ROLES, Actor
from hemlarm_cloud.handling import seen
from hemlarm_cloud.sites import values
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import case_log
from hemlarm_cloud.store.transaction import Transaction

THE_CENTRE = "centre"
"""What customers and installers are told instead of an operator's name."""

KEPT_KINDS = [
    "note", "picture-attached", "picture-arrived", "picture-seen", "picture-held", "picture-released",
    "picture-exported", "password-right", "password-wrong", "password-not-set", "counter-shown",
]  # fmt: skip
"""Entries that are the centre's alone."""

_KEPT_DETAILS = ("note", "reason", "why", "to")
"""What stays at the centre."""


class Entry(NamedTuple):
    """One line of a case's log; `detail` holds no secrets."""

    id: int
    case: int
    site: int | None
    at_ms: int
    actor: str
    kind: str
    detail: dict[str, Any]


def write(
    tx: Transaction,
    case_id: int,
    site_id: int | None,
    actor_name: str,
    kind: str,
    detail: dict[str, Any],
    now_ms: int,
) -> None:
    """Append to a case's log. `detail` is stored as JSON, so keep it small and free of passwords."""
    row = {"case": case_id, "site": site_id, "at_ms": now_ms, "actor": actor_name, "kind": kind}
    text = json.dumps(detail, sort_keys=True, ensure_ascii=False)
    tx.connection.execute(insert(case_log), [row | {"detail": text}])


def entries(reading: Queries, actor: Actor, case_id: int, after_id: int = 0, limit: int = 100) -> list[Entry]:
    """Return at most `limit` entries of a case's log after the one with `after_id`, oldest first.

    Notes, pictures, passwords and names are for the centre. Raises NotFoundError for a case that this actor may not
    know of, and InvalidError.
    """
    seen.expect_case(reading, actor, case_id)
    table = case_log
    query = select(table).where(table.c.case == case_id, table.c.id > after_id).order_by(table.c.id)
    of_centre = actor.role in CENTRE_ROLES
    if not of_centre:
        query = query.where(table.c.kind.not_in(KEPT_KINDS))
    found = [_entry(row) for row in reading.connection.execute(query.limit(values.page(limit)))]
    return found if of_centre else [_told(entry) for entry in found]


def _entry(row: Any) -> Entry:
    return Entry(row.id, row.case, row.site, row.at_ms, row.actor, row.kind, json.loads(row.detail))


def _told(entry: Entry) -> Entry:
    detail = {name: value for name, value in entry.detail.items() if name not in _KEPT_DETAILS}
    return entry._replace(actor=THE_CENTRE, detail=detail)
