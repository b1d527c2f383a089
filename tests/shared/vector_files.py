"""Reads the published test vectors in `tests/vectors`, on either interpreter and from any working directory."""

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_FOLDER = (__file__.rsplit("/", 1)[0] if "/" in __file__ else ".") + "/../vectors/"


def vectors(name: str) -> "dict[str, Any]":
    """Return what `tests/vectors/<name>.json` holds."""
    with open(_FOLDER + name + ".json", "rb") as file:  # noqa: PTH123 - MicroPython has no pathlib.
        found: dict[str, Any] = json.loads(file.read().decode())
        return found


def unhex(text: str) -> bytes:
    """Return the bytes that `text` spells in hex; MicroPython's fromhex wants no empty text."""
    return bytes.fromhex(text) if text else b""
