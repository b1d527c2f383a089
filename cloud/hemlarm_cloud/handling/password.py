"""The password that authenticates both sides of a call, as part of a case. Neither ever stands in the log."""

from sqlalchemy import select

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.errors import ConflictError
from hemlarm_cloud.handling import log, seen
from hemlarm_cloud.sites import passwords
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import case_log
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.vault import Vault

_RIGHT, _WRONG, _SHOWN = f"password-{passwords.RIGHT}", f"password-{passwords.WRONG}", "counter-shown"

WRONG_MAX = 10
"""Wrong words in one case. Who needs more of them guesses; the call counts as not verified."""


def check(tx: Transaction, vault: Vault, actor: Actor, case_id: int, spoken: str, now_ms: int) -> str:
    """Compare what somebody said on the telephone with the site's password: "right", "wrong" or "not-set".

    The log keeps that it was asked, and the outcome. Raises RefusedError, NotFoundError, InvalidError, and
    ConflictError for a closed case, for one without a site, and after too many wrong words.
    """
    case = seen.expect_open(tx, actor, case_id)
    site = _site_of(case_id, case.site)
    if _count(tx, case_id, _WRONG) >= WRONG_MAX:
        raise ConflictError(f"case {case_id}: {WRONG_MAX} wrong passwords were said; the caller counts as unknown")
    outcome = passwords.check(tx, vault, actor, site, spoken, now_ms)
    log.write(tx, case_id, site, actor.name, f"password-{outcome}", {}, now_ms)
    return outcome


def reveal_counter(tx: Transaction, vault: Vault, actor: Actor, case_id: int, now_ms: int) -> str | None:
    """Return what the operator says to show that it is the centre who calls, or None where nothing was agreed on.

    The look is logged and audited. Raises as `check` does.
    """
    case = seen.expect_open(tx, actor, case_id)
    site = _site_of(case_id, case.site)
    counter = passwords.reveal_counter(tx, vault, actor, site, now_ms)
    log.write(tx, case_id, site, actor.name, _SHOWN, {}, now_ms)
    return counter


def was_right(reading: Queries, case_id: int) -> bool:
    """Tell whether the right password was said in this case."""
    return bool(_count(reading, case_id, _RIGHT))


def expect_right(reading: Queries, case_id: int) -> None:
    """Raise ConflictError unless the right password was said in this case."""
    if not was_right(reading, case_id):
        raise ConflictError(f"case {case_id}: nobody has said the right password yet; check it first")


def _count(reading: Queries, case_id: int, kind: str) -> int:
    query = select(case_log.c.id).where(case_log.c.case == case_id, case_log.c.kind == kind).limit(WRONG_MAX)
    return len(reading.connection.execute(query).all())


def _site_of(case_id: int, site: int | None) -> int:
    if site is None:
        raise ConflictError(f"case {case_id} is of no single site, so it has no password")
    return site
