"""The two passwords of a site: what a person there says to the centre, and what the centre says to prove itself.

Both are sealed by the vault for their site and their use. The person's is only ever compared; the centre's own is shown
to an operator on a call. Each comparison and each look is in the audit log, without the words.
"""

import hmac
import unicodedata

from hemlarm_cloud import scope
from hemlarm_cloud.actor import Actor
from hemlarm_cloud.errors import InvalidError
from hemlarm_cloud.sites import audit, authority, changes, values
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.vault import Vault

PASSWORD, COUNTER = "password", "counter_password"
"""The person's, and the centre's."""

RIGHT, WRONG, NOT_SET = "right", "wrong", "not-set"

LENGTH_MIN, LENGTH_MAX = 4, 40
"""Characters: words to say on the telephone. Guessing is limited by the operator who listens."""


def set_password(
    tx: Transaction,
    vault: Vault,
    actor: Actor,
    site_id: int,
    which: str,
    new: str,
    version: int,
    now_ms: int,
    reason: str = "",
    kinds: tuple[str, ...] = (),
) -> int:
    """Set one of a site's passwords and return the site's new version.

    Takes authority A, or an installer on the company's list with the papers for the `kinds` of alarm that the site has,
    burglary unless told. Raises NotFoundError, RefusedError, InvalidError, ConflictError.
    """
    row = changes.begin(tx, actor, site_id, "change-password", version, now_ms, reason, _kinds(kinds))
    values.one_of(which, "which", (PASSWORD, COUNTER))
    said = values.text(new, which, LENGTH_MAX, LENGTH_MIN)
    if len(_plain(said)) < LENGTH_MIN:
        raise InvalidError(f"{which}: it takes at least {LENGTH_MIN} letters or digits")
    other = row.counter_password if which == PASSWORD else row.password
    if other is not None and _same(_open(vault, row.id, COUNTER if which == PASSWORD else PASSWORD, other), said):
        raise InvalidError(f"{which}: the two passwords of a site differ, or whoever hears one knows both")
    sealed = vault.seal(_purpose(which), str(row.id), said.encode())
    return changes.finish(tx, actor, row, "change-password", {"which": which}, now_ms, reason, {which: sealed})


def check(tx: Transaction, vault: Vault, actor: Actor, site_id: int, spoken: str, now_ms: int) -> str:
    """Compare what somebody said with the site's password: "right", "wrong", or "not-set" where it has none.

    Case, accents' form, blanks and punctuation do not count: it is said, not typed. For operators; the outcome is in
    the audit log. Raises NotFoundError, RefusedError, InvalidError.
    """
    row = scope.expect_site(tx, actor, site_id)
    changes.expect_staff(actor, "checking a password")
    said = values.text(spoken, "spoken", LENGTH_MAX)
    if row.password is None:
        outcome = NOT_SET
    else:
        outcome = RIGHT if _same(_open(vault, row.id, PASSWORD, row.password), said) else WRONG
    audit.write(tx, actor, "check-password", f"site {row.id}", {"outcome": outcome}, now_ms, site=row.id)
    return outcome


def reveal_counter(tx: Transaction, vault: Vault, actor: Actor, site_id: int, now_ms: int) -> str | None:
    """Return what the centre says to prove itself at a site, or None where nothing was agreed on.

    For operators; each look is in the audit log. Raises NotFoundError, RefusedError.
    """
    row = scope.expect_site(tx, actor, site_id)
    changes.expect_staff(actor, "looking at the centre's password")
    audit.write(tx, actor, "reveal-password", f"site {row.id}", {"which": COUNTER}, now_ms, site=row.id)
    if row.counter_password is None:
        return None
    return _open(vault, row.id, COUNTER, row.counter_password)


def _kinds(kinds: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(values.one_of(kind, "kinds", authority.KINDS) for kind in kinds[: len(authority.KINDS) + 1])


def _purpose(which: str) -> str:
    return "site " + which


def _open(vault: Vault, site_id: int, which: str, sealed: bytes) -> str:
    return vault.open_sealed(_purpose(which), str(site_id), sealed).decode()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(_plain(one).encode(), _plain(other).encode())


def _plain(said: str) -> str:
    folded = unicodedata.normalize("NFKC", said).casefold()
    return "".join(character for character in folded if character.isalnum())
