"""How a new panel and its cloud come to a root key that nobody between them ever sees.

Four messages, after Noise's pattern NK: the panel knows the cloud's public key from its signed firmware, the cloud
knows the panel by a code that a person reads on the keypad and types at the cloud. Who carries the messages, an
installer's machine, can neither read nor change them, nor stand in for one of the two.

    1  panel -> cloud   its key for this once; sealed: who it is
    2  cloud -> panel   its key for this once; sealed: the time
    3  panel -> cloud   sealed: the root key, which the panel drew
    4  cloud -> panel   sealed, in pieces: all that the panel needs, given out after the right code
       panel -> cloud   a proof that it has it

Each seal is AES-CCM under a key of its own, bound by the SHA-256 of all that was said before. docs/provisioning.md has
the layout and what each part protects from.
"""

from hemlarm_protocol import cbor, crypto, x25519
from hemlarm_protocol.constant import const
from hemlarm_protocol.errors import BadMessage
from hemlarm_protocol.keys import PANEL_BYTES

VERSION = 1
CODE_DIGITS = 6
PROOF_BYTES = 32
ROOT_KEY_BYTES = 32

PIECE_BYTES = 1024
PIECES_MAX = 64
"""Message 4 is cut into pieces: a panel's configuration may have up to a half of its partition, 32 KiB."""

BOARD_MAX = 16
SERIAL_MAX = 32

_NAME = b"Hemlarm provisioning 1"
_ONCE = bytes(crypto.NONCE_BYTES)  # Each key seals one message; the fourth's pieces count.
_FIRST_MAX = const(256)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class Facts:
    """Who a new panel is: `panel`, the 8 bytes it drew as its id, `board`, `firmware` (its version) and `serial`."""

    def __init__(self, panel: bytes, board: str, firmware: int, serial: bytes) -> None:
        self.panel = panel
        self.board = board
        self.firmware = firmware
        self.serial = serial


class NewPanel:
    """The panel's side. The methods are called in order, once each; all of them raise BadMessage.

    `random(n)` gives bytes fit for keys, `cloud_key` is the public key in the signed firmware.
    """

    def __init__(self, random: "Callable[[int], bytes]", cloud_key: bytes, facts: Facts) -> None:
        self._random = random
        self._cloud_key = cloud_key
        self.facts = facts
        self._secret = random(x25519.KEY_BYTES)
        self._first_common = b""
        self._said = b""
        self._shared = b""
        self.root_key = b""

    def hello(self) -> bytes:
        """Return message 1."""
        public = x25519.public_key(self._secret)
        self._first_common = x25519.shared_secret(self._secret, self._cloud_key)
        said = crypto.sha256(_NAME + self._cloud_key + public)
        told = self.facts
        facts = cbor.encode([VERSION, told.panel, told.board, told.firmware, told.serial])
        sealed = crypto.ccm_seal(_key(self._first_common, said, b"facts"), _ONCE, facts, said)
        self._said = crypto.sha256(said + sealed)
        return cbor.encode([public, sealed])

    def root(self, answer: bytes) -> bytes:
        """Take message 2, draw the root key, and return message 3; `code` may be shown from now on."""
        public, sealed = _two(answer)
        common = self._first_common + x25519.shared_secret(self._secret, public)
        said = crypto.sha256(self._said + public)
        time_s = cbor.decode(crypto.ccm_open(_key(common, said, b"time"), _ONCE, sealed, said))
        if not isinstance(time_s, int):
            raise BadMessage("the cloud's answer tells no time")
        self._shared = _key(common, crypto.sha256(said + sealed), b"shared")
        self._secret = self._first_common = b""
        self.root_key = self._random(ROOT_KEY_BYTES)
        return seal(self._shared, b"root", 0, self.root_key)

    @property
    def code(self) -> str:
        """The six digits for the person at the keypad."""
        return code(self._shared)

    @property
    def proof(self) -> bytes:
        """What tells the cloud, when all is on flash, that it is."""
        return proof(self._shared)

    def credentials(self, pieces: "list[bytes]") -> "dict[str, Any]":
        """Return what message 4 brings."""
        given = [opened(self._shared, b"give", number, piece) for number, piece in enumerate(pieces)]
        found: Any = cbor.decode(b"".join(given))  # Which refuses what lacks its end.
        if not isinstance(found, dict):
            raise BadMessage("what the cloud gave is no map")
        return found


def answer(secret: bytes, random: "Callable[[int], bytes]", first: bytes, time_s: int) -> "tuple[Facts, bytes, bytes]":
    """Take message 1 with the cloud's secret key; return who it is, message 2 and the 32 bytes that both now share.

    Raises BadMessage, also for a message that was sealed to another cloud's key.
    """
    if len(first) > _FIRST_MAX:
        raise BadMessage("a first message is not that long")
    theirs, sealed = _two(first)
    common = x25519.shared_secret(secret, theirs)
    said = crypto.sha256(_NAME + x25519.public_key(secret) + theirs)
    facts = _facts(cbor.decode(crypto.ccm_open(_key(common, said, b"facts"), _ONCE, sealed, said)))
    once = random(x25519.KEY_BYTES)
    ours = x25519.public_key(once)
    common += x25519.shared_secret(once, theirs)
    said = crypto.sha256(crypto.sha256(said + sealed) + ours)
    told = crypto.ccm_seal(_key(common, said, b"time"), _ONCE, cbor.encode(time_s), said)
    return facts, cbor.encode([ours, told]), _key(common, crypto.sha256(said + told), b"shared")


def root_key(shared: bytes, third: bytes) -> bytes:
    """Return the root key that message 3 brings. Raises BadMessage."""
    found = opened(shared, b"root", 0, third)
    if len(found) != ROOT_KEY_BYTES:
        raise BadMessage("a root key has 32 bytes")
    return found


def give(shared: bytes, credentials: "dict[str, Any]") -> "list[bytes]":
    """Return message 4, to be sealed once only: a list of pieces. Raises ValueError for more than 64 KiB."""
    given: Any = credentials
    whole = cbor.encode(given)
    pieces = [whole[start : start + PIECE_BYTES] for start in range(0, len(whole), PIECE_BYTES)]
    if len(pieces) > PIECES_MAX:
        raise ValueError(f"a panel can be given {PIECES_MAX * PIECE_BYTES} bytes, not {len(whole)}")
    return [seal(shared, b"give", number, piece) for number, piece in enumerate(pieces)]


def code(shared: bytes) -> str:
    """Return the six digits that show on the keypad and are typed at the cloud."""
    number = int.from_bytes(_key(shared, b"", b"code")[:8], "big") % 10**CODE_DIGITS
    return str(number + 10**CODE_DIGITS)[1:]


def proof(shared: bytes) -> bytes:
    """Return the 32 bytes by which the panel tells that all is on its flash."""
    return _key(shared, b"", b"proof")


def seal(shared: bytes, purpose: bytes, number: int, data: bytes) -> bytes:
    """Return `data` sealed for a purpose, as the `number`th; no two may have the same of both."""
    return crypto.ccm_seal(_key(shared, b"", purpose), number.to_bytes(crypto.NONCE_BYTES, "big"), data, purpose)


def opened(shared: bytes, purpose: bytes, number: int, sealed: bytes) -> bytes:
    """Return what `seal` took. Raises BadMessage."""
    return crypto.ccm_open(_key(shared, b"", purpose), number.to_bytes(crypto.NONCE_BYTES, "big"), sealed, purpose)


def _key(secret: bytes, salt: bytes, purpose: bytes) -> bytes:
    return crypto.hkdf(secret, salt, _NAME + b" " + purpose, crypto.KEY_BYTES)


def _two(message: bytes) -> "tuple[bytes, bytes]":
    """Return the public key and the sealed part of message 1 or 2. Raises BadMessage."""
    found: Any = cbor.decode(message)
    if not isinstance(found, list) or [type(item) for item in found] != [bytes, bytes]:
        raise BadMessage("not a message of provisioning: it has two byte strings")
    return found[0], found[1]


def _facts(found: "Any") -> Facts:
    if not isinstance(found, list) or [type(item) for item in found] != [int, bytes, str, int, bytes]:
        raise BadMessage("this panel tells of itself what is not understood")
    version, panel, board, firmware, serial = found
    if version != VERSION:
        raise BadMessage(f"this panel speaks version {version} of provisioning, and this cloud {VERSION}")
    if len(panel) != PANEL_BYTES or not 0 < len(board) <= BOARD_MAX or len(serial) > SERIAL_MAX:
        raise BadMessage("this panel tells of itself what cannot be")
    if not 0 <= firmware <= 0xFFFF or not all("!" <= character <= "~" for character in board):
        raise BadMessage("this panel tells of itself what cannot be")
    return Facts(panel, board, firmware, serial)
