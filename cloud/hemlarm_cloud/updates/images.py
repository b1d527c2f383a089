"""The firmware images that this installation may release. What is here was signed by a key it trusts."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, insert, select

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError
from hemlarm_cloud.sites import audit
from hemlarm_cloud.sites.changes import expect_supervisor
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_updates import firmware_image
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.updates import signatures
from hemlarm_protocol import bundle
from hemlarm_protocol.bundle import BundleError

IMAGES_MAX = 1_000
"""At 512 KiB each, what a database of half a gigabyte holds; a release a month for four boards takes twenty years."""

FACTS = [column for column in firmware_image.columns if column.name != "content"]
"""All but the image itself."""


def version_text(version: int) -> str:
    """Return a version as people write it: 1.5 for 1005."""
    return f"{version // 1000}.{version % 1000}"


def add(tx: Transaction, actor: Actor, content: bytes, trusted: Sequence[bytes], now_ms: int) -> Row[Any]:
    """Take an image into the store; returns its facts. One that is here already is left as it is.

    Raises InvalidError for one that is broken, too large or not signed by a trusted key, ConflictError where another
    one has its version and board, or its signature's one-time key: that must never sign twice.
    """
    expect_supervisor(actor, "firmware images")
    try:
        parsed = bundle.parse(content)
    except BundleError as error:
        raise InvalidError(f"firmware image: {error}") from None
    signer = signatures.signer(trusted, parsed.head_bytes, parsed.signature)
    digest = bundle.digest(parsed.head_bytes)
    known = _found(tx, firmware_image.c.digest == digest)
    if known is not None:
        return known
    _expect_free(tx, parsed.head, signer)
    made = insert(firmware_image).values(
        **_facts(parsed.head, digest, content), **_signed(signer), added_by=actor.name, added_ms=now_ms
    )
    (key,) = tx.connection.execute(made).inserted_primary_key or (0,)
    told = {"version": parsed.head.version, "board": parsed.head.board, "digest": digest.hex(), "size": len(content)}
    audit.write(tx, actor, "add-image", f"firmware image {key}", told, now_ms)
    return expect(tx, int(key))


def expect(reading: Queries, image_id: int) -> Row[Any]:
    """Return an image's facts. Raises NotFoundError."""
    found = _found(reading, firmware_image.c.id == image_id)
    if found is None:
        raise NotFoundError(f"no firmware image {image_id} here; `hemlarm update release status` shows them all")
    return found


def of_version(reading: Queries, version: int, boards: Sequence[str] = ()) -> dict[str, Row[Any]]:
    """Return the images of a version by board: of these boards, or of all that have one."""
    query = select(*FACTS).where(firmware_image.c.version == version)
    if boards:
        query = query.where(firmware_image.c.board.in_(boards))
    return {row.board: row for row in reading.connection.execute(query)}


def images(reading: Queries, limit: int = 100) -> Sequence[Row[Any]]:
    """Return the facts of the newest images, newest first."""
    return reading.connection.execute(select(*FACTS).order_by(firmware_image.c.id.desc()).limit(limit)).all()


def content(reading: Queries, image_id: int) -> bytes:
    """Return the image itself; empty where there is none."""
    query = select(firmware_image.c.content).where(firmware_image.c.id == image_id)
    return bytes(reading.connection.scalar(query) or b"")


def _found(reading: Queries, condition: Any) -> Row[Any] | None:
    return reading.connection.execute(select(*FACTS).where(condition)).one_or_none()


def _expect_free(tx: Transaction, head: bundle.Head, signer: signatures.Signer) -> None:
    table = firmware_image
    other = _found(tx, (table.c.version == head.version) & (table.c.board == head.board))
    if other is not None:
        raise ConflictError(
            f"version {version_text(head.version)} for {head.board} is here with other contents, since image "
            f"{other.id}: give a changed release a version of its own"
        )
    other = _found(tx, (table.c.signing_key == signer.key) & (table.c.signing_index == signer.leaf))
    if other is not None:
        raise ConflictError(
            f"index {signer.leaf} of signing key {signer.key.hex()} has signed image {other.id} before: the key's "
            "state was turned back, and whoever has both signatures may forge others. Make a new key, and trust that"
        )
    if tx.connection.scalar(select(table.c.id).order_by(table.c.id).offset(IMAGES_MAX - 1).limit(1)) is not None:
        raise ConflictError(f"{IMAGES_MAX} firmware images are here, and there is no room for more")


def _facts(head: bundle.Head, digest: bytes, whole: bytes) -> dict[str, Any]:
    facts = {name: getattr(head, name) for name in ("version", "board", "floor", "data_format", "abi", "built_s")}
    return facts | {"digest": digest, "size": len(whole), "content": whole}


def _signed(signer: signatures.Signer) -> dict[str, Any]:
    return {"signing_key": signer.key, "signing_index": signer.leaf}
