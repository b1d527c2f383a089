"""What gateway and ingest say to each other over the broker, on topics that no panel may use.

Upwards the sender's number and the frames of one SMS. Downwards a number and the one frame that goes there, or a
receipt: what came upwards has been dealt with, and is in the store if it was authentic. Each is a CBOR array. The
numbers are what a person could also see; the frames are sealed between panel and cloud.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from hemlarm_protocol import cbor, keys, sealing
from hemlarm_protocol.errors import BadMessage

EVENT_BYTES = keys.KID_BYTES + sealing.SIZES[0]
"""A sealed event behind its key id."""

EVENTS_MAX = 2
"""Events in one SMS, which holds 140 bytes."""

OCTETS_MAX = 140
"""User data of one SMS with 8-bit data and no header (3GPP TS 23.040 section 9.2.3.24)."""

SENDER_MAX = 16
"""Characters of a sender: an international number, or the eleven letters that some networks allow in its place."""

RECEIPT_BYTES = 8
"""Of the digest of what it is the receipt for."""

_PAYLOAD_MAX = 256


def pack_up(sender: str, frames: Sequence[bytes]) -> bytes:
    """Return what the gateway tells the ingest about one SMS. Raises ValueError for what no panel sends."""
    if not _is_up(sender, frames):
        raise ValueError("one SMS has a sender of at most 16 characters and one or two frames of 68 bytes")
    return cbor.encode([sender, *frames])


def unpack_up(payload: bytes) -> tuple[str, list[bytes]]:
    """Return (sender, frames). Raises BadMessage."""
    sender, *frames = _unpack(payload)
    if not _is_up(sender, frames):
        raise BadMessage("not what the SMS gateway sends")
    return sender, frames


def pack_down(number: str, frame: bytes) -> bytes:
    """Return what the ingest tells the gateway: to send this frame there. Raises ValueError."""
    if not _is_down(number, frame):
        raise ValueError("an SMS goes to a number and holds 1 to 140 bytes")
    return cbor.encode([number, frame])


def unpack_down(payload: bytes) -> tuple[str, bytes]:
    """Return (number, octets). Raises BadMessage."""
    values = _unpack(payload)
    if len(values) != 2 or not _is_down(*values):
        raise BadMessage("not what the ingest sends to the SMS gateway")
    return values[0], values[1]


def receipt(payload: bytes) -> bytes:
    """Return what stands in the receipt for this payload."""
    return sha256(payload).digest()[:RECEIPT_BYTES]


def pack_receipt(payload: bytes) -> bytes:
    """Return what the ingest tells the gateway once it has committed what was in this payload."""
    return cbor.encode([receipt(payload)])


def unpack_receipt(payload: bytes) -> bytes | None:
    """Return what stands in a receipt, or None for what is none. Raises BadMessage."""
    values = _unpack(payload)
    if len(values) == 1 and isinstance(values[0], bytes) and len(values[0]) == RECEIPT_BYTES:
        return values[0]
    return None


def split(octets: bytes) -> list[bytes]:
    """Return the event frames in an SMS, or none where its length is not that of one or two."""
    if len(octets) not in (EVENT_BYTES, EVENTS_MAX * EVENT_BYTES):
        return []
    return [octets[start : start + EVENT_BYTES] for start in range(0, len(octets), EVENT_BYTES)]


def _unpack(payload: bytes) -> list[Any]:
    if len(payload) > _PAYLOAD_MAX:
        raise BadMessage("an SMS is smaller")
    values = cbor.decode(payload)
    if not isinstance(values, list) or not values:
        raise BadMessage("not a CBOR array")
    return values


def _is_up(sender: Any, frames: Sequence[Any]) -> bool:
    sizes = [len(frame) if isinstance(frame, bytes) else 0 for frame in frames]
    fits = 0 < len(sizes) <= EVENTS_MAX and set(sizes) == {EVENT_BYTES}
    return fits and isinstance(sender, str) and len(sender) <= SENDER_MAX


def _is_down(number: Any, frame: Any) -> bool:
    if not isinstance(number, str) or not 0 < len(number) <= SENDER_MAX:
        return False
    return isinstance(frame, bytes) and 0 < len(frame) <= OCTETS_MAX
