"""The installation of a new panel, as the installer's tool drives it over the serial line, function by function.

    from hemlarm_firmware import provisioning as p
    p.where()          state new                       or: state kept PANEL PROOF
    p.begin()          m1 BASE64                       for the cloud, which answers with m2
    p.answer("M2")     m3 BASE64                       and the six digits are on the display
    p.wifi("NAME", "KEY")  wifi NAME                   only for a board that has no other network
    p.piece("PIECE")   piece 1                         so for each piece of m4, in their order
    p.finish()         state kept PANEL PROOF          all is on flash: the proof is for the cloud

Each function prints one line that begins with "hemlarm: ", as shown behind it; "hemlarm: error TEXT" for what went
wrong, after which `begin` starts anew. PANEL has 16 hexadecimal digits, all else is base64, and nothing of it tells a
secret to who carries it. What was begun lives in memory: after a reset before `finish` one begins anew, and nothing has
happened.

`finish` leaves the flash in an order that may be cut anywhere: journal, state and configuration of former days first,
and the credentials, which make the panel one that is installed, last. A panel that has them does not begin again: it is
reset to what it was when it was new at its keypad. PROOF stays with them, so that it can be told again.
"""

from binascii import a2b_base64, b2a_base64

from hemlarm_firmware import unprovisioned
from hemlarm_firmware.credentials import blank
from hemlarm_firmware.settings import Settings, SettingsError
from hemlarm_protocol import cbor
from hemlarm_protocol.keys import PANEL_BYTES
from hemlarm_protocol.provisioning import Facts, NewPanel

CODE = "Kod / code"
DONE = ("Klar", "Done")

NEEDED = ["host", "port", "certificate", "key", "authority"]

WIFI_NAME_MAX = 32
WIFI_KEY_MIN, WIFI_KEY_MAX = 8, 63
"""Bytes of a network's name and of its WPA passphrase, by IEEE 802.11."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from hemlarm_firmware.board import Board


class ProvisioningError(Exception):
    """This panel cannot be installed like this; the text says why and what to do."""


class _UnderWay:
    """A panel that has begun, and as much as it was given so far."""

    def __init__(self, panel: NewPanel) -> None:
        self.panel = panel
        self.pieces: list[bytes] = []
        self.wifi: list[str] = []


_under_way: "list[_UnderWay]" = []  # None or one.


def where() -> None:
    """Print whether this panel is new, or kept: installed, or all of it but for the proof reaching the cloud."""
    _tell(_where)


def begin() -> None:
    """Draw an identity and print the first message; what was under way is forgotten."""
    _tell(_begin)


def answer(second: str) -> None:
    """Take the cloud's answer, show the code on the display, and print the message with the root key."""
    _tell(_answer, second)


def piece(text: str) -> None:
    """Take one piece of what the cloud gives, and print how many there are now."""
    _tell(_piece, text)


def wifi(name: str, key: str) -> None:
    """Take the name of the house's Wi-Fi, and its key, which are kept with the credentials."""
    _tell(_wifi, name, key)


def finish() -> None:
    """Put all of it on flash. After an error the pieces are to be given again."""
    _tell(_finish)


def _tell(function: "Callable[..., str]", *given: str) -> None:
    try:
        told = function(_board(), *given)
    except (ValueError, OSError, SettingsError, ProvisioningError) as error:
        told = "error " + str(error).replace("\n", " ")
    print("hemlarm:", told)  # noqa: T201  It is what the installer's tool reads.


def _board() -> "Board":
    if unprovisioned.board is None:
        raise ProvisioningError("the firmware has not started here: reset the board, and try again")
    return unprovisioned.board


def _where(board: "Board") -> str:
    kept: Any = board.credentials()
    if kept is None:
        return "state new"
    return f"state kept {kept['panel'].hex()} {_text(kept.get('proof', b''))}"


def _begin(board: "Board") -> str:
    kept: Any = board.credentials()
    if kept is not None:
        raise ProvisioningError(f"this panel is installed as {kept['panel'].hex()}: reset it at its keypad first")
    slots = board.slots()
    if slots is None or not any(slots.running.cloud_key):
        raise ProvisioningError("this firmware names no cloud: build it with --cloud-key, and flash it")
    running = slots.running
    facts = Facts(board.random(PANEL_BYTES), slots.board, running.version, getattr(board, "serial", b""))
    begun = _UnderWay(NewPanel(board.random, running.cloud_key, facts))
    _under_way[:] = [begun]
    return "m1 " + _text(begun.panel.hello())


def _answer(board: "Board", second: str) -> str:
    panel = _begun().panel
    third, digits = panel.root(_bytes(second)), panel.code
    board.show("display", (CODE, digits[:3] + " " + digits[3:]))
    return "m3 " + _text(third)


def _piece(_board: "Board", text: str) -> str:
    pieces = _begun().pieces
    pieces.append(_bytes(text))
    return f"piece {len(pieces)}"


def _wifi(_board: "Board", name: str, key: str) -> str:
    if not 1 <= len(name.encode()) <= WIFI_NAME_MAX or not WIFI_KEY_MIN <= len(key.encode()) <= WIFI_KEY_MAX:
        raise ProvisioningError(
            "a Wi-Fi has a name of 1 to 32 bytes and a key of 8 to 63: type both as its owner wrote them"
        )
    _begun().wifi = [name, key]
    return "wifi " + name


def _finish(board: "Board") -> str:
    begun = _begun()
    panel, pieces = begun.panel, begun.pieces
    begun.pieces = []
    given = panel.credentials(pieces)
    config = _checked(given)
    for name in ("journal", "state"):
        blank(board.flash(name), 0, board.flash(name).size)
    Settings(board.flash("config")).save(config)
    credentials = {name: given[name] for name in NEEDED}
    credentials.update(panel=panel.facts.panel, root_key=panel.root_key, proof=panel.proof)
    if begun.wifi:
        credentials["wifi"] = begun.wifi
    board.keep_credentials(credentials)
    board.keep_time(given["time"] * 1000)
    board.show("display", DONE)
    _under_way.clear()
    return _where(board)


def _checked(given: "dict[str, Any]") -> bytes:
    """Return the encoded configuration. Raises ConfigError, or ProvisioningError for what lacks or has another type."""
    from hemlarm_firmware.panel import config

    for name in NEEDED + ["time", "config"]:
        kind = {"host": str, "config": dict}.get(name, int if name in ("port", "time") else bytes)
        if not isinstance(given.get(name), kind):
            raise ProvisioningError(f"the cloud gave no {name}: install the newest firmware, or ask the cloud's keeper")
    config.check(given["config"])
    return cbor.encode(given["config"])


def _begun() -> _UnderWay:
    if not _under_way:
        raise ProvisioningError("nothing is under way here: begin anew")
    return _under_way[0]


def _text(data: bytes) -> str:
    return b2a_base64(data).decode().strip()


def _bytes(text: str) -> bytes:
    return a2b_base64(text.encode())
