"""What the cloud may not change while the house limits what may be done from afar: `config_edit` loads it for that.

A cloud that may not disarm must not be able to bring itself there by a change: to loosen the limit, make a code, or
take the doors out of the alarm. So two configurations are compared, whatever edits led from one to the other, and what
differs must be harmless, or a tightening. Everything else is for the keypad, where the person stands who decides.
"""

from hemlarm_firmware.panel.config import ConfigError
from hemlarm_firmware.panel.config_fields import LIMITS

ENTRY_S_MAX = 60
"""The longest entry delay that can be set from afar under a limit: a longer one is a burglar's time."""

# Limits and what they are by default, in the order of the fields of `config_fields`.
_DEFAULTS = {"remote_disarm": "always", "remote_unlock": "code"}

_PANEL_HARMLESS = ["language", "chime", "revision", "remote_disarm", "remote_unlock"]
_HARMLESS = {"areas": ["exit_s", "entry_s"], "zones": ["name", "chime"], "outputs": ["name"], "users": []}

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from hemlarm_firmware.panel.config import Config


def check(before: "Config", after: "Config") -> None:
    """Whether a change from `before` to `after` may come from the cloud. Raises ConfigError at what may not."""
    for name in _DEFAULTS:
        if LIMITS.index(_limit(after, name)) > LIMITS.index(_limit(before, name)):
            raise _for_the_keypad(name)
    if _limit(before, "remote_disarm") != "always":
        _check_panel(before, after)
        for section in ("areas", "zones", "outputs", "users"):
            _check_items(before, after, section)
    elif _limit(before, "remote_unlock") != "always" and _has_lock(before):
        for section in ("outputs", "users"):
            _check_items(before, after, section)


def _limit(value: "Config", name: str) -> str:
    limit = value.get(name, _DEFAULTS[name])
    if limit not in LIMITS:
        raise ConfigError(name + ": must be one of " + ", ".join(LIMITS))
    return str(limit)


def _has_lock(value: "Config") -> bool:
    return any(item["kind"] == "lock" for item in value.get("outputs", ()))


def _check_panel(before: "Config", after: "Config") -> None:
    for name in _differing(before, after, _PANEL_HARMLESS + list(_HARMLESS)):
        raise _for_the_keypad(name)


def _check_items(before: "Config", after: "Config", section: str) -> None:
    old, new = before.get(section, ()), after.get(section, ())
    if [item["number"] for item in old] != [item["number"] for item in new]:
        raise _for_the_keypad(section)
    for index in range(len(old)):
        for name in _differing(old[index], new[index], _HARMLESS[section]):
            raise _for_the_keypad(f"{section}[{index}].{name}")
        if section == "areas" and _is_long(old[index], new[index]):
            raise ConfigError(
                f"areas[{index}].entry_s: at most {ENTRY_S_MAX} can be set from afar here; set it at the keypad"
            )


def _is_long(old: "Config", new: "Config") -> bool:
    entry_s: Any = new.get("entry_s", 0)
    return entry_s != old.get("entry_s", 0) and (not isinstance(entry_s, int) or entry_s > ENTRY_S_MAX)


def _differing(old: "Config", new: "Config", harmless: "Sequence[str]") -> "list[str]":
    """The names of fields that differ and are not harmless."""
    names = [name for name in old if name not in new or old[name] != new[name]]
    names += [name for name in new if name not in old]
    return [str(name) for name in names if name not in harmless]


def _for_the_keypad(what: str) -> ConfigError:
    return ConfigError(
        what + ": cannot be changed from afar here, since the house limits that; change it at the keypad"
    )
