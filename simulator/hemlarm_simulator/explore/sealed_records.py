"""Finding sealed messages in whatever bytes hold them, and opening the panel's own, without the firmware's help."""

from collections.abc import Iterator
from typing import NamedTuple

from hemlarm_protocol import keys, messages, sealing
from hemlarm_protocol.errors import BadMessage

_HEADER = b"\x83\x44\xa1\x01\x18\x1f\xa1"
"""How each COSE message of ours begins: see docs/protocol.md. Its nonce follows."""

_COUNTED, _RANDOM = b"\x06\x44", b"\x05\x4d"
_NONCE_BYTES = {_COUNTED: 4, _RANDOM: 13}


class Found(NamedTuple):
    """A sealed message: the 4 bytes before it, which on the wire are its key id, its nonce, and all its bytes."""

    kid: bytes
    nonce: bytes
    sealed: bytes


def find(data: bytes) -> Iterator[Found]:
    """Yields every whole sealed message in `data`."""
    at = data.find(_HEADER)
    while at >= 0:
        start = at + len(_HEADER)
        nonce_bytes = _NONCE_BYTES.get(data[start : start + 2])
        end = 0
        if nonce_bytes is not None:
            nonce = data[start + 2 : start + 2 + nonce_bytes]
            end = _end(data, start + 2 + nonce_bytes)
            if end:
                yield Found(data[max(0, at - keys.KID_BYTES) : at], nonce, data[at:end])
        at = data.find(_HEADER, end or start)


def _end(data: bytes, at: int) -> int:
    """Where the byte string that starts at `at` ends: 0x58 and one byte of length, or 0x59 and two."""
    if data[at : at + 1] == b"\x58":
        end = at + 2 + int.from_bytes(data[at + 1 : at + 2], "big")
    elif data[at : at + 1] == b"\x59":
        end = at + 3 + int.from_bytes(data[at + 1 : at + 3], "big")
    else:
        return 0
    return end if end <= len(data) else 0


class KeyRing:
    """The journal keys of one panel, by the salts that were ever seen in its memory."""

    def __init__(self, root_key: bytes, panel: bytes) -> None:
        self._root_key = root_key
        self._panel = panel
        self._keys: dict[bytes, keys.SealingKey] = {}
        self.present: bytes | None = None
        """The key id of the incarnation that the panel is in, as far as its flash tells."""

    def learn(self, salts: list[bytes]) -> None:
        """These are the salts in the panel's memory, the present one first."""
        for salt in reversed(salts):
            if salt not in self._keys:
                self._keys[salt] = keys.journal_key(self._root_key, self._panel, salt)
            self.present = self._keys[salt].kid

    def open(self, sealed: bytes) -> "tuple[bytes, int, messages.Message] | None":
        """Returns (key id, number, message) of a journalled message, or None under a key that is not known."""
        for key in reversed(self._keys.values()):
            try:
                number, item = sealing.open_numbered(key, sealed)
                return key.kid, number, messages.decode(item, keys.JOURNAL, keys.UP)
            except BadMessage:
                continue
        return None
