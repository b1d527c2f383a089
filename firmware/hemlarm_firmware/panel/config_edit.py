"""How the configuration changes: by edits, made at the keypad or in the cloud, each applied whole or not at all.

One rule says which change wins when both make one at once. Every applied change makes `revision` one higher. A change
from afar names the revision that it was based on; if the panel's is another one, somebody changed something in
between, and the whole change is refused as a conflict: whoever made it looks at the present configuration and decides
anew. A change at the keypad names none and always applies, because it is made at the panel itself, where nothing can
have come in between. So the panel decides, alone, and both sides end with what it has: the cloud keeps what the panel
reports, and `digest` tells whether it has the same.

An edit is a list [section, number, fields]. The section is "areas", "zones", "users" or "outputs" with the number of
one, or "panel" with the number 0. `fields` are those that change, or None to remove the item; a field given as None
goes back to its default. Fields not named stay as they are, secrets too: the cloud never has those. Loaded
when a change comes, and then forgotten with `config.forget`.
"""

from hemlarm_firmware.panel.config import ConfigError, forget
from hemlarm_firmware.panel.inputs import CONFLICT, DONE
from hemlarm_protocol import cbor
from hemlarm_protocol.crypto import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hemlarm_firmware.panel.config import Config

EDITS_MAX = 32

DIGEST_BYTES = 8
"""Compared between two ends that trust each other: it has to find what was lost, not to withstand an attack."""

_SECTIONS = ["areas", "zones", "users", "outputs"]

# What no edit may touch: lists change item by item, every code would be void under another salt, and the revision is
# how changes are counted.
_PANEL_KEEPS = _SECTIONS + ["code_salt", "revision"]

_PANEL_SECRETS = ["code_salt", "sim_pin"]
_SECRETS = ["hash", "duress", "tags", "key"]


def decide(value: "Config", base: "int | None", edits: "Any") -> "tuple[int, Config | None]":
    """What becomes of a change to the configuration `value` based on revision `base`; None for one at the keypad.

    Returns (DONE, the new configuration, one revision higher, still to be checked) or (CONFLICT, None). Raises
    ConfigError for edits that are none, or that must be made at the keypad. `value` is left as it was.
    """
    revision = value.get("revision", 0)
    if base is not None and base != revision:
        return CONFLICT, None
    changed = apply(value, edits)
    if base is not None:
        _guard(value, changed)
    changed["revision"] = revision + 1
    return DONE, changed


def apply(value: "Config", edits: "Any") -> "Config":
    """The configuration with the edits made in their order, not yet checked: `config.check` still has to accept it.

    `value`, one that was accepted before, is left as it was; what did not change is shared with it. Raises ConfigError
    that names the first edit that cannot be made.
    """
    if not isinstance(edits, (list, tuple)) or not 1 <= len(edits) <= EDITS_MAX:
        raise ConfigError(f"edits: must be a list of 1 to {EDITS_MAX} edits; make larger changes in several steps")
    changed = dict(value)
    for i, edit in enumerate(edits):
        where = f"edits[{i}]"
        section, number, fields = _parts(edit, where)
        if section == "panel":
            _edit_panel(changed, number, fields, where)
        else:
            changed[section] = _edited(changed.get(section, []), section, number, fields, where)
    return changed


def _guard(value: "Config", changed: "Config") -> None:
    module = __import__("hemlarm_firmware.panel.config_guard", None, None, ("check",))
    try:
        module.check(value, changed)
    finally:
        forget(["config_guard", "config_fields"])


def redact(value: "Config") -> "Config":
    """What the cloud may know: everything but hashes of codes and tags, their salt, the SIM's PIN, radio sensors' keys.

    A user with a code has `code` true, and `tags` is their number. Whether somebody has a duress code stays in the
    panel: whoever is forced to show the configuration must not be betrayed by it.
    """
    open_value = {name: field for name, field in value.items() if name not in _PANEL_SECRETS}
    for section in _SECTIONS:
        if section in value:
            open_value[section] = [_redacted(item) for item in value[section]]
    return open_value


def digest(redacted: "Config") -> bytes:
    """Eight bytes that differ when two redacted configurations do: SHA-256 of the canonical CBOR, cut."""
    return bytes(sha256(cbor.encode(redacted))[:DIGEST_BYTES])


def _parts(edit: "Any", where: str) -> "tuple[str, int, Any]":
    if not isinstance(edit, (list, tuple)) or len(edit) != 3:
        raise ConfigError(f"{where}: must be a list of section, number and fields")
    section, number, fields = edit
    if not isinstance(section, str) or section not in _SECTIONS + ["panel"]:
        raise ConfigError(f"{where}: the section must be one of areas, zones, users, outputs, panel")
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= 999:
        raise ConfigError(f"{where}: the number must be a whole number from 1 to 999, or 0 with panel")
    if fields is not None and not (isinstance(fields, dict) and all(isinstance(name, str) for name in fields)):
        raise ConfigError(f"{where}: the fields must be a map of names to values, or null to remove the item")
    return section, number, fields


def _edit_panel(changed: "Config", number: int, fields: "Any", where: str) -> None:
    if number or fields is None:
        raise ConfigError(f"{where}: the panel's number must be 0, and it cannot be removed")
    for name in fields:
        if name in _PANEL_KEEPS:
            raise ConfigError(f"{where}.{name}: cannot be edited; name items by section and number")
    _merge(changed, fields)


def _edited(items: "Any", section: str, number: int, fields: "Any", where: str) -> "list[Config]":
    """The items with the one of this number changed, added at the end, or removed."""
    if fields and "number" in fields:
        raise ConfigError(f"{where}.number: cannot be edited; remove the item and add it under its new number")
    edited = []
    found = False
    for item in items:
        if item["number"] != number:
            edited.append(item)
            continue
        found = True
        if fields is not None:
            edited.append(dict(item))
            _merge(edited[-1], fields)
    if found:
        return edited
    if fields is None:
        raise ConfigError(f"{where}: {section} has no number {number} to remove")
    new: Config = {"number": number}
    _merge(new, fields)
    return edited + [new]


def _merge(item: "Config", fields: "dict[str, Any]") -> None:
    for name, value in fields.items():
        if value is None:
            item.pop(name, None)
        else:
            item[name] = value


def _redacted(item: "Config") -> "Config":
    open_item = {name: field for name, field in item.items() if name not in _SECRETS}
    if "hash" in item:
        open_item["code"] = True
    if item.get("tags"):
        open_item["tags"] = len(item["tags"])
    return open_item
