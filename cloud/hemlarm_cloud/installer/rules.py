"""The panel's own rules for a configuration, asked of the very code that the panel runs.

A second set of rules in the cloud would soon say something else than the panel does. Why the cloud may look there:
docs/decisions/0015-pages.md.
"""

import importlib
import sys
import threading
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

_SITE = Path(__file__).parents[2]
_ROOTS = (_SITE / "hemlarm_installer" / "_firmware", _SITE.parent / "firmware")
"""Where the firmware's source is: beside the installed packages, or in the repository."""

_ASKING = threading.Lock()
"""The rules load and forget their tables with each check, which two threads must not do at once."""


class RulesMissingError(Exception):
    """The firmware's source is not where it should be."""


def problem(config: dict[str, Any]) -> str | None:
    """Return what the panel would say against a configuration, or None. Raises RulesMissingError."""
    rules = _rules()
    with _ASKING:
        try:
            rules.check(config)
        except ValueError as error:
            return str(error)
    return None


@cache
def _rules() -> ModuleType:
    for root in _ROOTS:
        if (root / "hemlarm_firmware").is_dir():
            if str(root) not in sys.path:
                sys.path.append(str(root))
            return importlib.import_module("hemlarm_firmware.panel.config")
    raise RulesMissingError(f"the panel's rules are in none of {', '.join(map(str, _ROOTS))}; install hemlarm again")
