"""Changes of a panel's configuration as a person writes them: a section, a number, and fields with their values."""

import json
from collections.abc import Sequence
from typing import Any

from hemlarm_protocol import cbor
from hemlarm_protocol.messages import CONFIG_BYTES_MAX

SECTIONS = ("areas", "zones", "users", "panel")
"""What a configuration has; "panel" is all that has no number, and then the number is 0."""

_BYTES = "hex:"


class ChangeError(ValueError):
    """What is written is no change; the text says what to write instead."""


def edits_from(section: str, number: int, fields: Sequence[str], remove: bool) -> bytes:
    """Return the CBOR of the edit that sets these FIELD=VALUE texts, or removes the numbered thing.

    A value is JSON without fractions, `hex:` and digits for bytes, or else a text as it stands; null goes back to the
    default. Raises ChangeError.
    """
    if section not in SECTIONS:
        raise ChangeError(f"no section is called {section!r}: use one of {', '.join(SECTIONS)}")
    if (section == "panel") is not (number == 0):
        raise ChangeError("areas, zones and users are numbered from 1, and the panel itself has the number 0")
    if remove is bool(fields) or (remove and section == "panel"):
        raise ChangeError("give either FIELD=VALUE, or --remove for an area, a zone or a user")
    values: dict[int | str, Any] = dict(map(_field, fields))
    try:
        encoded = cbor.encode([[section, number, None if remove else values]])
    except (TypeError, ValueError) as error:
        raise ChangeError(f"a value cannot be sent to a panel ({error}); numbers are whole") from None
    if len(encoded) > CONFIG_BYTES_MAX:
        raise ChangeError(f"the change takes {len(encoded)} of {CONFIG_BYTES_MAX} bytes; set fewer fields at a time")
    return encoded


def _field(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise ChangeError(f"{text!r} is no field with its value: write FIELD=VALUE, for example entry_s=45")
    return name, _value(name, value)


def _value(name: str, text: str) -> Any:
    if text.startswith(_BYTES):
        try:
            return bytes.fromhex(text.removeprefix(_BYTES))
        except ValueError:
            raise ChangeError(f"{name}: behind {_BYTES} come pairs of hexadecimal digits") from None
    try:
        return json.loads(text)
    except ValueError:
        return text
