"""One table of a house file, read field by field, with errors that say where they are."""

from collections.abc import Iterable, Mapping
from typing import Any

Fields = Mapping[int | str, Any]
"""Part of a configuration map."""


class HouseError(Exception):
    """A house file that cannot be used; the text names the file, the field and what is allowed."""


class HouseTable:
    """`where` names it in errors; `values` is what the file says."""

    def __init__(self, where: str, values: Mapping[str, Any]) -> None:
        self.where = where
        self._values = values
        self._used: set[str] = set()

    def get(self, name: str, kind: type, default: Any = None) -> Any:
        """The value of a field. Without a default it must be there. Raises HouseError, as all methods do."""
        self._used.add(name)
        value = self._values.get(name, default)
        if value is None:
            raise HouseError(f"{self.where}: {name} is missing")
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise HouseError(f"{self.where}: {name} = {value!r} is not of type {kind.__name__}")
        return value

    def number(self, name: str, least: float, most: float, default: float | None = None) -> float:
        """The value of a field that is a number, whole or not, from `least` to `most`."""
        self._used.add(name)
        value = self._values.get(name, default)
        if value is None:
            raise HouseError(f"{self.where}: {name} is missing")
        if not isinstance(value, (int, float)) or isinstance(value, bool) or not least <= value <= most:
            raise HouseError(f"{self.where}: {name} = {value!r} is not a number from {least:g} to {most:g}")
        return float(value)

    def names(self) -> list[str]:
        """The names of all its fields."""
        return list(self._values)

    def choice(self, name: str, allowed: Iterable[str], default: str | None = None) -> str:
        """The value of a field that is one of `allowed`."""
        value: str = self.get(name, str, default)
        if value not in allowed:
            raise HouseError(f"{self.where}: {name} = {value!r} is not one of {', '.join(allowed)}")
        return value

    def given(self, fields: Mapping[str, type]) -> Fields:
        """Those of `fields` that are there."""
        self._used |= set(fields)
        return {name: self.get(name, kind) for name, kind in fields.items() if name in self._values}

    def tables(self, name: str) -> list["HouseTable"]:
        """The tables of that name, none if there are none."""
        found = self.get(name, list, [])
        return [HouseTable(f"{self.where}, {name} {number}", item) for number, item in enumerate(found, 1)]

    def within(self, name: str, allowed: range, default: int | None = None) -> int:
        """The value of a field that is one of the range `allowed`."""
        value: int = self.get(name, int, default)
        if value not in allowed:
            raise HouseError(f"{self.where}: {name} = {value} is not from {allowed.start} to {allowed.stop - 1}")
        return value

    def table(self, name: str) -> "HouseTable | None":
        """The table of that name, if it is there."""
        found = self.get(name, dict, {})
        return HouseTable(f"{self.where}, {name}", found) if name in self._values else None

    def done(self) -> None:
        """Nothing else may stand in the table."""
        for name in self._values:
            if name not in self._used:
                raise HouseError(f"{self.where}: unknown field {name}; allowed are {', '.join(sorted(self._used))}")
