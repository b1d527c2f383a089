"""What operators do with a case as a whole: take it, hand it on, put it off, note something, see it as it is now.

Whoever changes a case says which version of it they saw. If somebody else changed it meanwhile, that is a
ConflictError, and nothing is overwritten. Every change stands in the case's log.
"""

from typing import Any

from sqlalchemy import Row, select, update

from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.handling import log, seen, steps, taskwork
from hemlarm_cloud.sites import values
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import alarm_case
from hemlarm_cloud.store.schema_sites import account
from hemlarm_cloud.store.transaction import Transaction

NOTE_MAX = 500
WAIT_MAX_MS = 7 * 86_400_000
"""A case is put off for a week at most: what takes longer is somebody's task elsewhere."""


def claim(tx: Transaction, actor: Actor, case_id: int, version: int, now_ms: int) -> Row[Any]:
    """Take a case that nobody has. The first time is when it counts as answered. Returns its row as it is now.

    Raises RefusedError, NotFoundError, and ConflictError if it changed, is closed or is somebody else's.
    """
    case = expect(tx, actor, case_id, version)
    if case.operator is not None and case.operator != actor.name:
        raise ConflictError(f"case {case_id} is {case.operator}'s: ask for a hand-over")
    taken: dict[str, Any] = {"state": "claimed", "operator": actor.name}
    if case.answered_ms is None:
        taken["answered_ms"] = now_ms
    return change(tx, actor, case, taken, "claimed", {}, now_ms)


def release(tx: Transaction, actor: Actor, case_id: int, version: int, why: str, now_ms: int) -> Row[Any]:
    """Put a case back into the queue for anybody. Only its operator or a supervisor may."""
    case = expect_own(tx, actor, case_id, version)
    detail = {"why": _note(why)}
    return change(tx, actor, case, {"state": "new", "operator": None}, "released", detail, now_ms)


def hand_over(tx: Transaction, actor: Actor, case_id: int, version: int, to: str, now_ms: int) -> Row[Any]:
    """Give a case to another operator, named as in "operator:bo". Only its operator or a supervisor may."""
    case = expect_own(tx, actor, case_id, version)
    _expect_colleague(tx, to, now_ms)
    handed = {"state": "claimed", "operator": to}
    return change(tx, actor, case, handed, "handed-over", {"to": to}, now_ms)


def start(tx: Transaction, actor: Actor, case_id: int, version: int, now_ms: int) -> Row[Any]:
    """Begin work on a case that one has."""
    case = expect_own(tx, actor, case_id, version)
    return change(tx, actor, case, {"state": "in-progress"}, "started", {}, now_ms)


def wait(tx: Transaction, actor: Actor, case_id: int, version: int, until_ms: int, why: str, now_ms: int) -> Row[Any]:
    """Put a case off to a moment within a week, when it comes back by itself.

    Raises ConflictError as long as fire brigade or police should be called.
    """
    case = expect_own(tx, actor, case_id, version)
    if not now_ms < until_ms <= now_ms + WAIT_MAX_MS:
        raise InvalidError("a case is put off to a moment in the coming week")
    if any(task.kind in steps.EMERGENCY for task in taskwork.waiting_tasks(tx, case_id)):
        raise ConflictError(f"case {case_id} cannot wait: fire brigade or police are to be called first")
    waiting = {"state": "waiting", "wake_ms": until_ms}
    return change(tx, actor, case, waiting, "waiting", {"until_ms": until_ms, "why": _note(why)}, now_ms)


def resume(tx: Transaction, actor: Actor, case_id: int, version: int, now_ms: int) -> Row[Any]:
    """Go on with a case that waits, before its time."""
    case = expect(tx, actor, case_id, version)
    if case.state != "waiting":
        raise ConflictError(f"case {case_id} does not wait: it is {case.state}")
    return change(tx, actor, case, {"state": "in-progress" if case.operator else "new"}, "resumed", {}, now_ms)


def add_note(tx: Transaction, actor: Actor, case_id: int, note: str, now_ms: int) -> None:
    """Write something into the log of a case, closed ones too. Any member of the staff may, at any time."""
    seen.expect_staff(actor)
    case = seen.expect_case(tx, actor, case_id)
    log.write(tx, case_id, case.site, actor.name, "note", {"note": values.text(note, "note", NOTE_MAX, 1)}, now_ms)


def change(
    tx: Transaction,
    actor: Actor,
    case: Row[Any],
    changed: dict[str, Any],
    kind: str,
    detail: dict[str, Any],
    now_ms: int,
) -> Row[Any]:
    """Write a change of a case and its log, wind its alarm clock, and return the row as it is now."""
    changed = changed | {"version": case.version + 1}
    tx.connection.execute(update(alarm_case).where(alarm_case.c.id == case.id).values(changed))
    log.write(tx, case.id, case.site, actor.name, kind, detail, now_ms)
    taskwork.wind(tx, case.id)
    return taskwork.case_row(tx, case.id)


def expect(reading: Queries, actor: Actor, case_id: int, version: int) -> Row[Any]:
    """Return the row of an open case of this version. Raises RefusedError, NotFoundError, ConflictError."""
    case = seen.expect_open(reading, actor, case_id)
    seen.expect_version(f"case {case_id}", case.version, version)
    return case


def expect_own(reading: Queries, actor: Actor, case_id: int, version: int) -> Row[Any]:
    """As `expect`, for what only the case's operator or a supervisor may do."""
    case = expect(reading, actor, case_id, version)
    if case.operator is None:
        raise ConflictError(f"case {case_id} is nobody's: claim it first")
    if case.operator != actor.name and actor.role is not Role.SUPERVISOR:
        raise RefusedError(f"case {case_id} is {case.operator}'s: they or a supervisor can do this")
    return case


def _expect_colleague(reading: Queries, to: str, now_ms: int) -> None:
    role, _, name = to.partition(":")
    query = select(account.c.role, account.c.expires_ms).where(
        account.c.name == values.text(name, "operator", 64), account.c.revoked_ms.is_(None)
    )
    found = reading.connection.execute(query).one_or_none()
    valid = found is not None and found.role == role and (found.expires_ms is None or found.expires_ms > now_ms)
    if not valid or role not in seen.STAFF:
        raise NotFoundError(f"no operator {to[:80]!r} here: write the account's role and name, as in operator:anna")


def _note(note: str) -> str:
    return values.text(note, "why", NOTE_MAX)
