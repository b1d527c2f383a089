"""Tells the centre's supervisors by mail, or else by SMS, that a release has stopped by itself."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from hemlarm_cloud.notices import recipients
from hemlarm_cloud.notices.texts import Text
from hemlarm_cloud.store.schema_sites import account, person
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.updates.images import version_text

_NAMED_MAX = 5

_TEXTS = {
    "sv": Text(
        "Utgåva {version} har stoppats",
        "Utgåva {version} av den fasta programvaran har stoppats av sig själv: {count} larmsändare klarade den inte "
        "({panels}). De som har provat den utan att klara den går tillbaka av sig själva. Inga fler får den. "
        "Se Utgåvor i larmcentralens sidor.",
    ),
    "en": Text(
        "Release {version} has stopped",
        "Release {version} of the firmware has stopped by itself: {count} panels failed with it ({panels}). Those that "
        "tried it in vain go back by themselves. No others get it. See Releases in the centre's pages.",
    ),
}


def tell_of_stop(tx: Transaction, release: Row[Any], panels: Sequence[str], now_ms: int) -> None:
    """Put a notice to each supervisor who is a known person, once for each time the release was stopped."""
    more = " …" if len(panels) > _NAMED_MAX else ""
    said = {
        "version": version_text(release.version),
        "count": len(panels),
        "panels": ", ".join(panels[:_NAMED_MAX]) + more,
    }
    for row in tx.connection.execute(_supervisors(now_ms)):
        reached = recipients.of_person(row)
        if reached is not None:
            text = _TEXTS[reached.language if reached.language in _TEXTS else "en"]
            filled = Text(text.subject.format(**said), text.body.format(**said))
            recipients.tell(tx, f"release:{release.id}:stopped:{now_ms}", reached, filled, now_ms)


def _supervisors(now_ms: int) -> Any:
    lasting = (account.c.expires_ms.is_(None)) | (account.c.expires_ms > now_ms)
    wanted = (account.c.role == "supervisor", account.c.revoked_ms.is_(None), lasting)
    found = select(account.c.person).where(*wanted, account.c.person.is_not(None))
    return select(person).where(person.c.id.in_(found)).order_by(person.c.id).limit(recipients.TOLD_MAX)
