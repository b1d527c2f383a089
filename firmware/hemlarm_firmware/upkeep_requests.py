"""What the cloud says of the panel's own upkeep: firmware, root key, certificate. Loaded when it says something of it.

The object stays while an update is under way or the keys' module has asked to stay, and then its memory goes.
"""

from hemlarm_firmware.panel import inputs
from hemlarm_firmware.panel.config import forget
from hemlarm_protocol import upkeep

_PACKAGE = "hemlarm_firmware"
_ITS_PARTS = ["update_offer", "download", "trial", "trying"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hemlarm_firmware.app import App
    from hemlarm_firmware.updating import Updating


class Upkeep:
    """`app.upkeep`: is told what the link brings. Without slots there are no updates, and every offer is refused."""

    def __init__(self, app: "App") -> None:
        self._app = app
        self._keys: Any = None
        self._updating: Updating | None = None
        slots = app.board.slots()
        if slots is not None:
            self._updating = _module("updating").Updating(app, slots.open())

    def told(self, fact: "tuple[Any, ...]") -> None:
        """Take a fact of the link: ("upkeep", message), or any other that an update may want to know."""
        if fact[0] == "upkeep" and not isinstance(fact[1], (upkeep.UpdateOffer, upkeep.UpdatePart)):
            self._take_key(fact[1])
        elif self._updating is not None:
            self._updating.told(fact)
        elif fact[0] == "upkeep" and isinstance(fact[1], upkeep.UpdateOffer):
            self._app.requests.answer_once(fact[1], _refused)
        if self._keys is None and (self._updating is None or self._updating.is_over):
            self._app.upkeep = None

    def _take_key(self, message: "Any") -> None:
        """`key_keeping.take` returns whether its module is to stay, because more of the same is to come."""
        keys = self._keys or _module("key_keeping")
        self._keys = keys if keys.take(self._app, message) else None


def _refused(_offer: "Any") -> "tuple[int, int]":
    return inputs.REFUSED, upkeep.OTHER_BOARD


def _module(name: str) -> "Any":
    module = __import__(_PACKAGE + "." + name, None, None, ("",))
    forget([name] + _ITS_PARTS, _PACKAGE)
    return module
