"""The offer of a release that the panel has taken, as it is kept in a file until its end has been told."""

from binascii import crc32

from hemlarm_protocol import cbor, upkeep
from hemlarm_protocol.errors import BadMessage

NO_ID = bytes(8)
"""Of what is on trial, or was rolled back, without an offer: somebody put it there by cable."""

_CRC_BYTES = 4

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Offer:
    """As `upkeep.UpdateOffer`; what became of it, and why; `faults` of the version that took it; and whether the event
    of its end is journalled."""

    def __init__(self, offer_id: bytes, user: int, version: int, size: int, digest: bytes) -> None:
        self.id = offer_id
        self.user = user
        self.version = version
        self.size = size
        self.digest = digest
        self.state = upkeep.LOADING
        self.reason = self.faults = self.recorded = 0

    def save(self, path: str) -> None:
        """Make it durable: the file system puts the new file in the old one's place, whole or not at all."""
        fields: Any = [self.id, self.user, self.version, self.size, self.digest]
        data = cbor.encode(fields + [self.state, self.reason, self.faults, self.recorded])
        with open(path, "wb") as file:  # noqa: PTH123
            file.write(crc32(data).to_bytes(_CRC_BYTES, "little") + data)


def load(path: str) -> "Offer | None":
    """Return the offer kept in this file; None where there is none, or no whole one."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            kept = file.read()
        data = kept[_CRC_BYTES:]
        if int.from_bytes(kept[:_CRC_BYTES], "little") != crc32(data) or not data:
            return None
        fields: Any = cbor.decode(data)
        offer = Offer(*fields[:5])
        offer.state, offer.reason, offer.faults, offer.recorded = fields[5:]
    except (OSError, BadMessage):
        return None
    return offer


def path_beside(part_path: str) -> str:
    """Return where the offer is kept, for the slots with this path of a download; `extras` knows it too."""
    return part_path[: part_path.rfind("/") + 1] + "offer"
