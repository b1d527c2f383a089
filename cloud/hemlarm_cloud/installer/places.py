"""Where in a TOML text the tables and their fields stand, for messages that name the line. Pure."""

import re

_HEADER = re.compile(r"^\s*\[{1,2}\s*([A-Za-z0-9_-]+)\s*\]{1,2}")
_FIELD = re.compile(r"^\s*([A-Za-z0-9_-]+)\s*=")


class Places:
    """Lines of one text, counted from 1."""

    def __init__(self, text: str) -> None:
        self._tables: dict[tuple[str, int], int] = {}
        self._fields: dict[tuple[str, int, str], int] = {}
        seen: dict[str, int] = {}
        here = ("", 0)
        for number, line in enumerate(text.splitlines(), 1):
            if found := _HEADER.match(line):
                here = (found[1], seen.get(found[1], 0))
                seen[found[1]] = here[1] + 1
                self._tables[here] = number
            elif found := _FIELD.match(line):
                self._fields.setdefault((*here, found[1]), number)

    def table(self, name: str, place: int) -> int:
        """Return the line of the table's heading, the `place`th of its name from 0; 0 where there is none."""
        return self._tables.get((name, place), 0)

    def field(self, table: str, place: int, name: str) -> int:
        """Return the line of a field, or of its table where the field is missing."""
        return self._fields.get((table, place, name)) or self.table(table, place)
