"""What a panel has otherwise than its site file says, and the edits that would make it so. Pure.

Edits are those of the panel's `config_edit`: a list of section, number and fields. People and their codes belong to the
house and not to the installer: of users only those who are not there yet are added, and nobody is changed or removed.
"""

from typing import Any, NamedTuple

EDITS_MAX = 32
"""Of one change, as the panel takes it; more go in several."""

_NOT_TOLD = ("hash", "duress", "tags", "key", "code")
"""What a panel tells nobody, so that it cannot be compared."""

_SECTIONS = ("areas", "zones", "outputs")
_KEPT = (*_SECTIONS, "users", "code_salt", "revision")


class Difference(NamedTuple):
    """One field of one thing: what the panel has and what the file says, None where it is not there."""

    section: str
    number: int
    name: str
    field: str
    there: Any
    wanted: Any


class Comparison(NamedTuple):
    """All differences, and the edits that take the panel to the file."""

    differences: list[Difference]
    edits: list[list[Any]]


def compare(wanted: dict[str, Any], there: dict[str, Any]) -> Comparison:
    """Compare the configuration of a site file with the one that a panel told of."""
    differences: list[Difference] = []
    edits: list[list[Any]] = []
    _note("panel", 0, "", _panel(wanted), _panel(there), differences, edits)
    for section in _SECTIONS:
        known, asked = _by_number(there, section), _by_number(wanted, section)
        for number, item in asked.items():
            before = known.get(number, {})
            _note(section, number, str(item.get("name", "")), item, before, differences, edits, new=number not in known)
        for number, item in known.items():
            if number not in asked:
                differences.append(Difference(section, number, str(item.get("name", "")), "", "", None))
                edits.append([section, number, None])
    known = _by_number(there, "users")
    for number, item in _by_number(wanted, "users").items():
        if number not in known:
            _note("users", number, "", item, {}, differences, edits, new=True)
    return Comparison(differences, edits)


def _panel(config: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in config.items() if name not in _KEPT and name != "sim_pin"}


def _by_number(config: dict[str, Any], section: str) -> dict[int, dict[str, Any]]:
    return {item["number"]: item for item in config.get(section, [])}


def _note(
    section: str,
    number: int,
    name: str,
    wanted: dict[str, Any],
    there: dict[str, Any],
    differences: list[Difference],
    edits: list[list[Any]],
    new: bool = False,
) -> None:
    """Note how one thing differs. A field that the file leaves out goes back to its default."""
    fields = {}
    for field in sorted({*wanted, *there} - {"number"}):
        told = field in _NOT_TOLD
        if (told and not (new and field in wanted)) or wanted.get(field) == there.get(field):
            continue
        if not told:
            differences.append(Difference(section, number, name, field, there.get(field), wanted.get(field)))
        fields[field] = wanted.get(field)
    if "radio" in fields and wanted.get("key"):
        fields["key"] = wanted["key"]
    if fields or new:
        edits.append([section, number, fields])
