"""The rules for users: where and when they may act, and that a code or a tag tells who used it."""

from hemlarm_firmware.panel.config import ConfigError
from hemlarm_firmware.panel.config_fields import ABSENT, BYTES, TAG_HASH_BYTES, USER, fits, must, read_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hemlarm_firmware.panel.config import Config

_TAG = ("tags", BYTES, TAG_HASH_BYTES, TAG_HASH_BYTES, ABSENT)
_WINDOW = ["days", "from_min", "to_min", "until_s"]
_ALWAYS_ROLE_WINDOW = [127, 0, 1440, 0]


def check(items: "Any", areas: "list[int]") -> "list[Config]":
    """The users, each with the areas that are theirs. Raises ConfigError."""
    users = read_all(items, USER, "users")
    owners: dict[bytes, int] = {}
    for i, user in enumerate(users):
        where = f"users[{i}]"
        user["areas"] = _areas(user.get("areas", areas), where, areas)
        user["tags"] = list(user["tags"])
        _window(user, where)
        for j, tag in enumerate(user["tags"]):
            if not fits(tag, _TAG):
                raise ConfigError(f"{where}.tags[{j}]: {must(_TAG)}")
            _own(tag, user["number"], f"{where}.tags[{j}]", "tag", owners)
        for name in ("hash", "duress"):
            if name in user:
                _own(user[name], user["number"], f"{where}.{name}", "code", owners)
    return users


def _areas(numbers: "Any", where: str, areas: "list[int]") -> "list[int]":
    found: list[int] = []
    for number in numbers:
        if isinstance(number, bool) or number not in areas:
            raise ConfigError(f"{where}.areas: must name areas of {sorted(areas)} only")
        if number in found:
            raise ConfigError(f"{where}.areas: names area {number} twice; every area once")
        found.append(number)
    return found


def _window(user: "Config", where: str) -> None:
    """Only a guest's time is limited, and a guest has some."""
    if user["role"] != "guest":
        for name, always in zip(_WINDOW, _ALWAYS_ROLE_WINDOW):
            if user[name] != always:
                raise ConfigError(f"{where}.{name}: must be {always} for a {user['role']}; only a guest has a window")
    elif not user["days"]:
        raise ConfigError(f"{where}.days: must be from 1 to 127 for a guest, who could not come in on any day")
    elif user["from_min"] >= user["to_min"]:
        raise ConfigError(
            f"{where}.from_min: {user['from_min']} is not before to_min, {user['to_min']}; "
            f"it must be from 0 to {user['to_min'] - 1}"
        )


def _own(secret: bytes, number: int, where: str, what: str, owners: "dict[bytes, int]") -> None:
    """One code must tell who entered it, and whether under duress."""
    if secret in owners:
        raise ConfigError(
            f"{where}: user {number} has the {what} of user {owners[secret]}; every {what} must be one of its own"
        )
    owners[secret] = number
