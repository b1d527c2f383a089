"""Browsers that take messages: what each was given by its push service, and the key by which they know us."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from sqlalchemy import Row, delete, insert, select

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError
from hemlarm_cloud.notices import outward
from hemlarm_cloud.notices.choices import PLACES_MAX, count_places, expect_account
from hemlarm_cloud.notices.trouble import SendError
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_access import push_key, push_subscription
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.vault import Vault

POINT_BYTES, SECRET_BYTES = 65, 16
"""Of a browser's public key and its secret (RFC 8291)."""

PURPOSE, OWNER = "push key", "centre"
"""What our own key is sealed for."""


def known_key(reading: Queries) -> str | None:
    """Return our public key as browsers want it, None while nobody has asked for it."""
    return reading.connection.scalar(select(push_key.c.public_key))


def public_key(tx: Transaction, vault: Vault) -> str:
    """Return our public key as browsers want it; the key pair is made once, when somebody first asks."""
    found = known_key(tx)
    if found is not None:
        return found
    pair = ec.generate_private_key(ec.SECP256R1())
    private = pair.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    public = to_base64(pair.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
    row = {"id": 1, "private_key": vault.seal(PURPOSE, OWNER, private), "public_key": public}
    tx.connection.execute(insert(push_key).values(row))
    return public


def subscribe(
    tx: Transaction,
    actor: Actor,
    account_id: int,
    endpoint: str,
    key: str,
    secret: str,
    now_ms: int,
    inward: bool = False,
) -> int:
    """Send this account's messages to a browser from now on, and return its id.

    `endpoint`, `key` (p256dh) and `secret` (auth) are what the browser tells. A browser in which somebody else signs in
    changes hands. Raises InvalidError, NotFoundError, ConflictError for one browser too many.
    """
    expect_account(tx, actor, account_id)
    try:
        outward.check_url(endpoint, inward)
    except SendError as error:
        raise InvalidError(f"endpoint: {error}") from None
    row = {"endpoint": endpoint, "public_key": _point(key), "secret": _secret(secret)}
    tx.connection.execute(delete(push_subscription).where(push_subscription.c.endpoint == endpoint))
    if count_places(tx, push_subscription, account_id) >= PLACES_MAX:
        raise ConflictError(f"{PLACES_MAX} browsers take messages already; end it in one of them first")
    made = insert(push_subscription).returning(push_subscription.c.id)
    return int(tx.connection.execute(made, row | {"account": account_id, "created_ms": now_ms}).scalar_one())


def end(tx: Transaction, actor: Actor, account_id: int, endpoint: str) -> None:
    """Send nothing to this browser any more. Raises NotFoundError if it is none of this account's."""
    expect_account(tx, actor, account_id)
    mine = (push_subscription.c.account == account_id) & (push_subscription.c.endpoint == endpoint)
    if tx.connection.execute(delete(push_subscription).where(mine)).rowcount == 0:
        raise NotFoundError("this browser takes no messages of this account's")


def of_account(reading: Queries, account_id: int) -> Sequence[Row[Any]]:
    """Return the browsers of an account, oldest first."""
    query = select(push_subscription).where(push_subscription.c.account == account_id)
    return reading.connection.execute(query.order_by(push_subscription.c.id)).all()


def to_base64(octets: bytes) -> str:
    """Return base64url without padding, as in RFC 7515."""
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _from_base64(name: str, text: str, length: int) -> bytes:
    bare = text.rstrip("=")
    try:
        octets = base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        octets = b""
    if len(octets) != length:
        raise InvalidError(f"{name}: it is {length} bytes in base64url, as the browser tells it")
    return octets


def _secret(text: str) -> bytes:
    return _from_base64("secret", text, SECRET_BYTES)


def _point(text: str) -> bytes:
    octets = _from_base64("key", text, POINT_BYTES)
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), octets)
    except (ValueError, UnsupportedAlgorithm):
        raise InvalidError("key: it is no point of the curve P-256; let the browser make a new one") from None
    return octets
