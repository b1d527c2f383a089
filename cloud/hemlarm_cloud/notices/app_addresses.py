"""Services of people's own choice that take messages: chat rooms, telephones' apps, a server at home.

Each is an address as apprise writes it, which may hold a secret, so it is sealed and never shown again.
"""

from typing import Any, NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import delete, insert, select

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError
from hemlarm_cloud.notices import outward
from hemlarm_cloud.notices.choices import PLACES_MAX, count_places, expect_account
from hemlarm_cloud.sites import values
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_access import notice_address
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.vault import SECRET_BYTES_MAX, Vault

SERVICES = {
    "ntfys": "ntfy", "gotifys": "Gotify", "hassios": "Home Assistant", "jsons": "JSON", "forms": "HTTP form",
    "matrixs": "Matrix", "mmosts": "Mattermost", "rockets": "Rocket.Chat", "barks": "Bark", "tgram": "Telegram",
    "discord": "Discord", "slack": "Slack", "zulip": "Zulip", "gchat": "Google Chat", "pover": "Pushover",
    "pbul": "Pushbullet", "prowl": "Prowl",
}  # fmt: skip
"""Kinds of addresses, by how they begin: each speaks HTTPS and nothing else, starts nothing and reads no file."""

PLAIN_SERVICES = {
    "ntfy": "ntfy", "gotify": "Gotify", "hassio": "Home Assistant", "json": "JSON", "form": "HTTP form",
    "matrix": "Matrix", "mmost": "Mattermost", "rocket": "Rocket.Chat", "bark": "Bark",
}  # fmt: skip
"""The same without TLS, for a centre that serves its own house."""

_HOSTED = (*PLAIN_SERVICES, *(name + "s" for name in PLAIN_SERVICES))
"""Those whose address names a host; of all others the host is known."""

LABEL_MAX = 40
"""Characters, as in the schema."""

_PURPOSE = "notice address"


class Address(NamedTuple):
    """An address as its owner sees it afterwards."""

    id: int
    label: str
    created_ms: int


def services(inward: bool) -> dict[str, str]:
    """Return which kinds of addresses are taken, and what each is called."""
    return SERVICES | PLAIN_SERVICES if inward else SERVICES


def add(
    tx: Transaction,
    vault: Vault,
    actor: Actor,
    account_id: int,
    label: str,
    address: str,
    now_ms: int,
    inward: bool = False,
) -> int:
    """Send this account's messages to an address too, and return its id. A webhook's https address is taken as well.

    Raises InvalidError for one that is not understood or not allowed, NotFoundError, ConflictError for one too many.
    """
    expect_account(tx, actor, account_id)
    shown = values.text(label, "label", LABEL_MAX, 1)
    understood = check(address, inward).encode()
    if count_places(tx, notice_address, account_id) >= PLACES_MAX:
        raise ConflictError(f"{PLACES_MAX} addresses are there already; remove one first")
    row = {"account": account_id, "label": shown, "address": vault.seal(_PURPOSE, str(account_id), understood)}
    made = insert(notice_address).returning(notice_address.c.id)
    return int(tx.connection.execute(made, row | {"created_ms": now_ms}).scalar_one())


def remove(tx: Transaction, actor: Actor, account_id: int, address_id: int) -> None:
    """Send nothing to this address any more. Raises NotFoundError if it is none of this account's."""
    expect_account(tx, actor, account_id)
    mine = (notice_address.c.account == account_id) & (notice_address.c.id == address_id)
    if tx.connection.execute(delete(notice_address).where(mine)).rowcount == 0:
        raise NotFoundError(f"no address {address_id} is there")


def of_account(reading: Queries, actor: Actor, account_id: int) -> list[Address]:
    """Return the addresses of this account without their secrets, oldest first. Raises NotFoundError."""
    expect_account(reading, actor, account_id)
    table = notice_address
    query = select(table.c.id, table.c.label, table.c.created_ms).where(table.c.account == account_id)
    return [Address(*row) for row in reading.connection.execute(query.order_by(table.c.id))]


def opened(reading: Queries, vault: Vault, address_id: int) -> str | None:
    """Return an address for who sends to it, None if there is no such. Raises VaultError."""
    query = select(notice_address.c.account, notice_address.c.address).where(notice_address.c.id == address_id)
    found = reading.connection.execute(query).one_or_none()
    if found is None:
        return None
    return vault.open_sealed(_PURPOSE, str(found.account), bytes(found.address)).decode()


def check(address: str, inward: bool) -> str:
    """Return an address in apprise's own writing. Raises InvalidError, whose text repeats nothing of it."""
    given = address.strip()
    if not given.isprintable() or len(given.encode()) > SECRET_BYTES_MAX:
        raise InvalidError(f"address: it is one line of at most {SECRET_BYTES_MAX} octets")
    taken = services(inward)
    if given.partition(":")[0].lower() not in (*taken, "https"):
        raise InvalidError(f"address: write it as https://... of a webhook, or as one of {', '.join(taken)}://...")
    understood = _understood(given)
    if understood is None or understood.partition(":")[0] not in taken:
        raise InvalidError("address: it is not complete, or of no service that is known here; copy it anew")
    if len(understood.encode()) > SECRET_BYTES_MAX:
        raise InvalidError(f"address: it is one line of at most {SECRET_BYTES_MAX} octets")
    _expect_public(understood, inward)
    return understood


def _understood(address: str) -> str | None:
    # Loaded only where somebody names such an address.
    from apprise import Apprise

    found: Any = Apprise.instantiate(address, suppress_exceptions=True)
    return str(found.url(privacy=False)) if found else None


def _expect_public(address: str, inward: bool) -> None:
    """Refuse at once what is an address inside. Names are looked up when something is sent."""
    try:
        parts = urlsplit(address)
    except ValueError:
        raise InvalidError("address: it is no URL; copy it anew") from None
    host = parts.hostname or "" if parts.scheme in _HOSTED else ""
    looks_numeric = ":" in host or host.replace(".", "").isdigit()
    if not inward and (host == "localhost" or (looks_numeric and not outward.is_public(host))):
        raise InvalidError("address: it is not public; private_targets = 'yes' in the settings allows others")
