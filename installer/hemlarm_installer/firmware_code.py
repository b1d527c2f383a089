"""Where the firmware's source stands, for those who compile it, and for the few tables that the world reads from it."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

_HERE = Path(__file__).parent
_INSTALLED = _HERE / "_firmware"
_IN_REPOSITORY = _HERE.parents[1] / "firmware"


class FirmwareMissingError(Exception):
    """The firmware's source is in neither of the places where it can be."""


def firmware_root() -> Path:
    """The search root that holds `hemlarm_firmware`. Raises FirmwareMissingError."""
    for root in (_INSTALLED, _IN_REPOSITORY):
        if (root / "hemlarm_firmware").is_dir():
            return root
    raise FirmwareMissingError(f"no hemlarm_firmware in {_INSTALLED} or {_IN_REPOSITORY}; install hemlarm again")


def load(name: str) -> ModuleType:
    """Imports a module of the firmware into this interpreter. Raises FirmwareMissingError, ImportError."""
    root = str(firmware_root())
    if root not in sys.path:
        sys.path.append(root)
    return importlib.import_module(name)
