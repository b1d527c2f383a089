"""A house as its file describes it: zones with names and kinds, users with codes, delays. Checked when it is read."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hemlarm_simulator import firmware_code

HOUSES = Path(__file__).with_name("houses")
KINDS = ("door", "window", "button", "motion", "smoke")
_CODE_SALT_BYTES = 16


class HouseError(Exception):
    """A house file that cannot be used; the text names the file, the field and what is allowed."""


@dataclass(frozen=True)
class SensorDescription:
    """One detector on one zone. `type` is the panel's zone type, `home` whether it guards in home mode."""

    name: str
    kind: str
    zone: int
    type: str
    area: int
    home: bool


@dataclass(frozen=True)
class UserDescription:
    """Somebody with a code."""

    name: str
    number: int
    code: str


@dataclass(frozen=True)
class AreaDescription:
    """An area with its delays in seconds."""

    number: int
    exit_s: int
    entry_s: int


@dataclass(frozen=True)
class HouseDescription:
    """A whole house. `filter_ms` is how long a contact must rest before the panel hears of its change."""

    title: str
    language: str
    siren_s: int
    filter_ms: int
    areas: tuple[AreaDescription, ...]
    sensors: tuple[SensorDescription, ...]
    users: tuple[UserDescription, ...]

    def panel_config(self, code_salt: bytes) -> dict[int | str, Any]:
        """The configuration map that this house's panel is given, codes hashed under `code_salt`."""
        codes = firmware_code.load("hemlarm_firmware.panel.codes")
        return {
            "areas": [{"number": a.number, "exit_s": a.exit_s, "entry_s": a.entry_s} for a in self.areas],
            "zones": [{"number": s.zone, "type": s.type, "area": s.area, "home": s.home} for s in self.sensors],
            "users": [{"number": u.number, "hash": codes.hash_code(u.code, code_salt)} for u in self.users],
            "code_salt": code_salt,
            "siren_s": self.siren_s,
            "language": self.language,
        }


class _Table:
    """One table of the file, with errors that say where they are."""

    def __init__(self, where: str, values: Mapping[str, Any]) -> None:
        self.where = where
        self._values = values
        self._used: set[str] = set()

    def get(self, field: str, kind: type, default: Any = None) -> Any:
        self._used.add(field)
        value = self._values.get(field, default)
        if value is None:
            raise HouseError(f"{self.where}: {field} is missing")
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise HouseError(f"{self.where}: {field} = {value!r} is not of type {kind.__name__}")
        return value

    def tables(self, field: str) -> list["_Table"]:
        found = self.get(field, list, [])
        return [_Table(f"{self.where}, {field} {number}", item) for number, item in enumerate(found, 1)]

    def done(self) -> None:
        for field in self._values:
            if field not in self._used:
                raise HouseError(f"{self.where}: unknown field {field}; allowed are {', '.join(sorted(self._used))}")


def houses() -> list[str]:
    """The names of the houses that come with the simulator."""
    return sorted(path.stem for path in HOUSES.glob("*.toml"))


def load_house(name: str) -> HouseDescription:
    """Reads a house that comes with the simulator. Raises HouseError."""
    if name not in houses():
        raise HouseError(f"no house is called {name!r}; there are {', '.join(houses())}")
    return read_house(HOUSES / f"{name}.toml")


def read_house(path: Path) -> HouseDescription:
    """Reads a house file. Raises HouseError."""
    try:
        values = tomllib.loads(path.read_text())
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise HouseError(f"{path}: {error}") from error
    top = _Table(path.name, values)
    house = HouseDescription(
        title=top.get("title", str),
        language=top.get("language", str, "en"),
        siren_s=top.get("siren_s", int, 180),
        filter_ms=top.get("filter_ms", int, 0),
        areas=tuple(_area(table) for table in top.tables("area")),
        sensors=tuple(_sensor(table) for table in top.tables("sensor")),
        users=tuple(_user(table) for table in top.tables("user")),
    )
    top.done()
    _check(path.name, house)
    return house


def _area(table: _Table) -> AreaDescription:
    area = AreaDescription(table.get("number", int), table.get("exit_s", int), table.get("entry_s", int))
    table.done()
    return area


def _sensor(table: _Table) -> SensorDescription:
    kind = table.get("kind", str)
    if kind not in KINDS:
        raise HouseError(f"{table.where}: kind = {kind!r} is not one of {', '.join(KINDS)}")
    sensor = SensorDescription(
        name=table.get("name", str),
        kind=kind,
        zone=table.get("zone", int),
        type=table.get("type", str),
        area=table.get("area", int, 1),
        home=table.get("home", bool, False),
    )
    table.done()
    return sensor


def _user(table: _Table) -> UserDescription:
    user = UserDescription(table.get("name", str), table.get("number", int), table.get("code", str))
    table.done()
    return user


def _check(where: str, house: HouseDescription) -> None:
    for what, names in (("sensor", [s.name for s in house.sensors]), ("user", [u.name for u in house.users])):
        for name in names:
            if names.count(name) > 1:
                raise HouseError(f"{where}: two {what}s are called {name!r}; every name once")
    config = firmware_code.load("hemlarm_firmware.panel.config")
    try:
        config.check(house.panel_config(bytes(_CODE_SALT_BYTES)))
    except ValueError as error:
        raise HouseError(f"{where}: {error}") from error
