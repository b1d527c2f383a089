"""Changing a panel's root key: how both ends derive the new one, and how a panel goes over to it. Loaded for that only.

The new key follows from the old one and from what two X25519 keys, drawn for this once, have in common. So neither who
listens, nor who knows the old key and only listens, nor who has one of the two keys later, can tell it.
"""

from hemlarm_protocol import cbor, crypto, keys
from hemlarm_protocol.panel_end import OFFLINE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PURPOSE = "hemlarm rekey"


def next_root(root: bytes, common: bytes, panel: bytes, rekey_id: bytes) -> bytes:
    """Return the root key (32 bytes) that follows `root`.

    `common` is what the X25519 keys of both ends have in common, `panel` the panel's id (8 bytes), and `rekey_id` (8)
    says which change it is.
    """
    if len(root) != crypto.KEY_BYTES or len(common) != crypto.KEY_BYTES or len(panel) != keys.PANEL_BYTES:
        raise ValueError("a root key and a common secret have 32 bytes, and a panel's id has 8")
    return crypto.hkdf(common, root, cbor.encode([_PURPOSE, panel, rekey_id]), crypto.KEY_BYTES)


def greet_under(end: "Any", root_key: bytes, now_ms: int) -> None:
    """Let a `PanelEnd` open its next session under this root key, at once where there is a way to the broker.

    What the session of before has still to say is heard until then. Once `end` is open again, it is so under this key.
    """
    end._root_key = root_key
    end._hello_key = keys.hello_key(root_key, end._panel)
    end._knock_key = keys.knock_key(root_key, end._panel)
    if end.state == OFFLINE:
        end._reader = end._writer = None  # With two paths a session outlives its connections.
    else:
        end._greet(now_ms)


def root_of(end: "Any") -> bytes:
    """Return the root key that a `PanelEnd` uses."""
    root: bytes = end._root_key
    return root
