"""Notices wait here in the database, written in the same transaction as what they tell of.

A notice has a key that says what it is about, so that whoever does its work again after a crash puts nothing twice.
"""

import unicodedata
from collections.abc import Callable, Sequence
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, Row, case, false, literal, select, update

from hemlarm_cloud import scope
from hemlarm_cloud.actor import CENTRE_ROLES, Actor, Role
from hemlarm_cloud.errors import InvalidError
from hemlarm_cloud.notices.addresses import is_address, is_place
from hemlarm_cloud.sites import values
from hemlarm_cloud.sms.numbers import is_number
from hemlarm_cloud.store.dialects import insert_unless_present
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_centre import notice
from hemlarm_cloud.store.schema_sites import site as site_table
from hemlarm_cloud.store.transaction import Transaction

Channel = Literal["sms", "mail", "push", "apps"]
"""By SMS, by mail, to somebody's browser, or to a service of somebody's own choice."""

CHANNELS: tuple[Channel, ...] = get_args(Channel)

KEY_MAX, SUBJECT_MAX, NAME_MAX, PROBLEM_MAX = 80, 120, 80, 200
"""Characters, as in the schema."""

TEXT_MAX = {"sms": 1_000, "mail": 100_000, "push": 1_000, "apps": 2_000}
"""Characters: some seven parts of an SMS, more mail than anybody reads, and what push services take (4096 octets)."""

_IS_REACHED: dict[str, Callable[[str], bool]] = {
    "sms": is_number,
    "mail": is_address,
    "push": is_place,
    "apps": is_place,
}

ATTACHMENT_MAX = 10_000_000
"""Bytes: what mail servers commonly take."""

UNSHOWN = "access/"
"""How keys of notices with one-time codes and links begin: their texts are shown to nobody, and kept until sent."""

_SHOWN_TEXT = case((notice.c.key.startswith(UNSHOWN), literal("")), else_=notice.c.text).label("text")

_COLUMNS: list[ColumnElement[Any]] = [
    _SHOWN_TEXT if column.name == "text" else column for column in notice.columns if column.name != "attachment"
]


def put(
    tx: Transaction,
    key: str,
    channel: Channel,
    recipient: str,
    subject: str,
    text: str,
    now_ms: int,
    site: int | None = None,
    case: int | None = None,
    attachment: bytes | None = None,
    attachment_name: str = "",
) -> bool:
    """Put a notice, to be sent soon after this commits. Returns False if one with this key is there already.

    An SMS has no subject and no attachment; a subject given all the same is kept for those who look at the list.
    Raises InvalidError for a recipient who cannot be reached so and for what is too long or holds control characters.
    """
    _check(key, channel, recipient, subject, text)
    _check_attachment(channel, attachment, attachment_name)
    row = {
        "key": key,
        "channel": channel,
        "recipient": recipient,
        "site": site,
        "case": case,
        "subject": subject,
        "text": text,
        "attachment": attachment,
        "attachment_name": attachment_name,
        "created_ms": now_ms,
        "state": "waiting",
        "due_ms": now_ms,
    }
    insertion = insert_unless_present(tx.connection.dialect.name, notice)
    return tx.connection.execute(insertion, row).rowcount == 1


def is_due(reading: Queries, channel: Channel, now_ms: int) -> bool:
    """Tell whether a notice of this channel waits to be sent."""
    waiting = select(notice.c.id).where(notice.c.state == "waiting", notice.c.channel == channel)
    return reading.connection.scalar(waiting.where(notice.c.due_ms <= now_ms).limit(1)) is not None


def take(tx: Transaction, channel: Channel, now_ms: int, until_ms: int) -> Row[Any] | None:
    """Return the notice that has waited longest, None without one; nobody else gets it before `until_ms`."""
    waiting = select(notice).where(notice.c.state == "waiting", notice.c.channel == channel, notice.c.due_ms <= now_ms)
    found = tx.connection.execute(waiting.order_by(notice.c.due_ms, notice.c.id).limit(1)).one_or_none()
    if found is not None:
        tx.connection.execute(update(notice).where(notice.c.id == found.id).values(due_ms=until_ms))
    return found


def sent(tx: Transaction, notice_id: int, now_ms: int) -> None:
    """A notice has gone out."""
    kept = case((notice.c.key.startswith(UNSHOWN), literal("")), else_=notice.c.text)
    change = {"state": "sent", "sent_ms": now_ms, "tries": notice.c.tries + 1, "problem": "", "text": kept}
    tx.connection.execute(update(notice).where(_waits(notice_id)).values(change))


def put_off(tx: Transaction, notice_id: int, problem: str, due_ms: int) -> None:
    """A notice could not go out and is tried again at `due_ms`."""
    change = {"due_ms": due_ms, "tries": notice.c.tries + 1, "problem": problem[:PROBLEM_MAX]}
    tx.connection.execute(update(notice).where(_waits(notice_id)).values(change))


def put_off_all(tx: Transaction, channel: Channel, recipient: str, due_ms: int) -> None:
    """Whatever else waits for this recipient is not tried before `due_ms` either."""
    waits = (notice.c.state == "waiting", notice.c.channel == channel, notice.c.recipient == recipient)
    tx.connection.execute(update(notice).where(*waits, notice.c.due_ms < due_ms).values(due_ms=due_ms))


def failed(tx: Transaction, notice_id: int, problem: str) -> None:
    """A notice will never go out."""
    change = {"state": "failed", "tries": notice.c.tries + 1, "problem": problem[:PROBLEM_MAX]}
    tx.connection.execute(update(notice).where(_waits(notice_id)).values(change))


def notices(
    reading: Queries, actor: Actor, site: int | None = None, after_id: int = 0, limit: int = 100
) -> Sequence[Row[Any]]:
    """Return notices with a larger id than `after_id` that this actor may see, without their attachments.

    Those of one site, or of all; notices that belong to no site are the centre's own. An installer sees none: they tell
    how people are reached, and of alarms. Raises NotFoundError, and InvalidError for a limit that is too large.
    """
    query = select(*_COLUMNS).where(notice.c.id > after_id)
    if site is not None:
        scope.expect_site(reading, actor, site)
        query = query.where(notice.c.site == site)
    elif actor.role not in CENTRE_ROLES:
        query = query.where(notice.c.site.in_(select(site_table.c.id).where(scope.visible(actor))))
    if actor.role is Role.INSTALLER:
        query = query.where(false())
    return reading.connection.execute(query.order_by(notice.c.id).limit(values.page(limit))).all()


def _waits(notice_id: int) -> Any:
    return (notice.c.id == notice_id) & (notice.c.state == "waiting")


def _check(key: str, channel: str, recipient: str, subject: str, text: str) -> None:
    if channel not in TEXT_MAX:
        raise InvalidError(f"no notice goes by {channel!r}; use one of {', '.join(CHANNELS)}")
    if not 1 <= len(key) <= KEY_MAX:
        raise InvalidError(f"a notice's key has 1 to {KEY_MAX} characters, not {len(key)}")
    if not _IS_REACHED[channel](recipient):
        raise InvalidError(f"{recipient!r} cannot be reached by {channel}; correct the person's data")
    if len(subject) > SUBJECT_MAX or _has_control(subject):
        raise InvalidError(f"a notice's subject is one line of at most {SUBJECT_MAX} characters")
    if not text or len(text) > TEXT_MAX[channel] or _has_control(text.replace("\n", "")):
        raise InvalidError(f"a notice's text has 1 to {TEXT_MAX[channel]} characters and only line breaks between")


def _has_control(text: str) -> bool:
    """Tell whether something in it could begin another line of a mail's head, or is what no database takes."""
    return any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text)


def _check_attachment(channel: str, attachment: bytes | None, name: str) -> None:
    if attachment is None:
        if name:
            raise InvalidError("a notice names an attachment and has none")
        return
    if channel != "mail":
        raise InvalidError("only mail carries an attachment")
    if not 1 <= len(name) <= NAME_MAX or _has_control(name) or "/" in name:
        raise InvalidError(f"an attachment's name has 1 to {NAME_MAX} characters and no slash")
    if len(attachment) > ATTACHMENT_MAX:
        raise InvalidError(f"an attachment of {len(attachment)} bytes is too large; {ATTACHMENT_MAX} are the most")
