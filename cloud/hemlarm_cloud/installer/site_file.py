"""The site file: one TOML text that says how a house is to be guarded, written before anybody drives there.

Its tables are `[panel]`, `[[area]]`, `[[zone]]`, `[[output]]`, `[[user]]` with the fields of docs/configuration.md, and
`[[room]]` for the map that operators see. Keys of sensors are hexadecimal. It holds no codes: people choose these
themselves, at the keypad. Pure: text in, a configuration and all that is wrong with it out.
"""

import re
import tomllib
from dataclasses import dataclass, field
from typing import Any

from hemlarm_cloud.installer import rules
from hemlarm_cloud.installer.places import Places

TEXT_MAX = 100_000
"""Characters: the largest house takes a tenth of it."""

PROBLEMS_MAX = 30
ROOMS_MAX = 40

SECTIONS = {"area": "areas", "zone": "zones", "user": "users", "output": "outputs"}
"""What the tables are called in the panel's configuration."""

_HEX = {"radio": 4, "key": 16}
_SECRET = ("code", "hash", "duress", "tags")
_NUMBER = (int, float)
_ROOM: dict[str, type | tuple[type, ...]] = {"name": str, "x": _NUMBER, "y": _NUMBER, "w": _NUMBER, "h": _NUMBER}
_WHERE = re.compile(r"^(areas|zones|users|outputs)\[(\d+)\](?:\.(\w+))?: (.*)$", re.DOTALL)
_PANEL_WHERE = re.compile(r"^(\w+): (.*)$", re.DOTALL)
_SALT = bytes(16)


@dataclass(frozen=True)
class Problem:
    """Something that is wrong: the line it stands on (0: none in particular), what it is about, and what to do."""

    line: int
    about: str
    text: str


@dataclass(frozen=True)
class SiteFile:
    """What a site file says: the configuration as the panel takes it, without code salt and codes; and the rooms."""

    config: dict[str, Any]
    rooms: tuple[dict[str, Any], ...] = ()
    marks: tuple[tuple[int, float, float], ...] = ()
    """Where zones are: number, x and y in metres."""
    problems: tuple[Problem, ...] = field(default=())

    @property
    def good(self) -> bool:
        """Whether a panel would take it."""
        return not self.problems


def read(text: str) -> SiteFile:
    """Return what the text says and everything that is wrong with it, as far as that can be told at once."""
    if len(text) > TEXT_MAX:
        return _wrong(Problem(0, "the file", f"has {len(text)} characters; {TEXT_MAX} are the most"))
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        return _wrong(Problem(int(found[1]) if found else 0, "the file", f"is no TOML: {error}"))
    places = Places(text)
    structure = _unknown_tables(tables, places)
    config, more = _config(tables, places)
    rooms, less = _rooms(tables, places)
    problems = [*structure, *more, *less]
    if not structure:
        problems += _ask_the_rules(config, places)
    marks = _marks(tables, places, problems)
    return SiteFile(config, tuple(rooms), marks, tuple(sorted(problems, key=lambda each: each.line)[:PROBLEMS_MAX]))


def _wrong(problem: Problem) -> SiteFile:
    return SiteFile({}, problems=(problem,))


def _unknown_tables(tables: dict[str, Any], places: Places) -> list[Problem]:
    allowed = ("panel", *SECTIONS, "room")
    found = [
        Problem(places.table(name, 0), f"[{name}]", f"is no table of a site file; there are {', '.join(allowed)}")
        for name in tables
        if name not in allowed
    ]
    for name in (*SECTIONS, "room"):
        if name in tables and not _is_list_of_tables(tables[name]):
            found.append(Problem(places.table(name, 0), f"[{name}]", f"comes in lists: write [[{name}]] for each one"))
    if not isinstance(tables.get("panel", {}), dict):
        found.append(Problem(places.table("panel", 0), "[panel]", "there is one of it: write [panel]"))
    return found


def _is_list_of_tables(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def _config(tables: dict[str, Any], places: Places) -> tuple[dict[str, Any], list[Problem]]:
    problems: list[Problem] = []
    panel = tables.get("panel", {})
    config: dict[str, Any] = dict(panel) if isinstance(panel, dict) else {}
    for table, section in SECTIONS.items():
        items = tables.get(table, [])
        if not _is_list_of_tables(items):
            continue
        if items or table == "area":
            config[section] = [_item(table, place, item, places, problems) for place, item in enumerate(items)]
    return config, problems


def _item(table: str, place: int, item: dict[str, Any], places: Places, problems: list[Problem]) -> dict[str, Any]:
    """Return one table's fields for the panel: keys as bytes, what only the map needs left out."""
    told: dict[str, Any] = {}
    for name, value in item.items():
        line = places.field(table, place, name)
        if name in _SECRET:
            problems.append(Problem(line, f"{named(table, item)} {name}", "is chosen at the keypad: leave it out"))
        elif table == "zone" and name in ("room", "at"):
            continue
        elif table == "zone" and name in _HEX:
            known = _bytes(value, _HEX[name])
            # Something in its place, so that the rules are asked about all the rest.
            told[name] = known or place.to_bytes(_HEX[name], "big")
            if known is None:
                text = f"{value!r} is no key: write its {2 * _HEX[name]} hexadecimal digits, as on the label"
                problems.append(Problem(line, f"{named(table, item)} {name}", text))
        else:
            told[name] = value
    if table == "user":
        told.pop("name", None)
    return told


def named(table: str, item: dict[str, Any]) -> str:
    """Return what people call one of the tables: zone 4 "Hall"."""
    name = item.get("name")
    number = item.get("number", "without number")
    return f'{table} {number} "{name}"' if isinstance(name, str) and name else f"{table} {number}"


def _bytes(value: Any, count: int) -> bytes | None:
    if not isinstance(value, str):
        return None
    try:
        found = bytes.fromhex(value)
    except ValueError:
        return None
    return found if len(found) == count else None


def _rooms(tables: dict[str, Any], places: Places) -> tuple[list[dict[str, Any]], list[Problem]]:
    rooms, problems = [], []
    items = tables.get("room", [])
    if not _is_list_of_tables(items):
        return [], []
    for place, item in enumerate(items[: ROOMS_MAX + 1]):
        wrong = [name for name, kind in _ROOM.items() if not isinstance(item.get(name), kind) or item[name] is True]
        wrong += [name for name in item if name not in _ROOM]
        if wrong or place == ROOMS_MAX:
            text = f"a room has name, x, y, w and h in metres; look at {wrong[0]}" if wrong else f"{ROOMS_MAX} at most"
            problems.append(Problem(places.table("room", place), f"room {place + 1}", text))
        else:
            rooms.append(dict(item))
    return rooms, problems


def _marks(tables: dict[str, Any], places: Places, problems: list[Problem]) -> tuple[tuple[int, float, float], ...]:
    """Return where zones are on the map, and note what is no place."""
    marks = []
    zones = tables.get("zone", [])
    for place, zone in enumerate(zones if _is_list_of_tables(zones) else []):
        at, number = zone.get("at"), zone.get("number")
        if at is None or not isinstance(number, int):
            continue
        if isinstance(at, list) and len(at) == 2 and all(isinstance(each, _NUMBER) for each in at):
            marks.append((number, float(at[0]), float(at[1])))
        else:
            line = places.field("zone", place, "at")
            problems.append(Problem(line, f"{named('zone', zone)} at", "is no place: write at = [x, y] in metres"))
    return tuple(marks)


def _ask_the_rules(config: dict[str, Any], places: Places) -> list[Problem]:
    """Return what the panel would refuse: one thing after the other is left out, and it is asked again."""
    left = {
        name: [dict(each) for each in value] if isinstance(value, list) else value for name, value in config.items()
    }
    order = {section: list(range(len(left.get(section, [])))) for section in SECTIONS.values()}
    problems: list[Problem] = []
    for _ in range(2 * PROBLEMS_MAX):
        said = rules.problem(left | {"code_salt": _SALT})
        if said is None:
            break
        found = _translated(said, config, order, places)
        # A field that had to be left out is missing then, which nobody needs to be told.
        if not any(found.about == known.about and found.text.startswith("is missing") for known in problems):
            problems.append(found)
        if not _left_out(said, left, order):
            break
    return problems


def _translated(said: str, config: dict[str, Any], order: dict[str, list[int]], places: Places) -> Problem:
    found = _WHERE.match(said)
    if found:
        section, place, name, text = found[1], order[found[1]][int(found[2])], found[3], found[4]
        table = next(key for key, value in SECTIONS.items() if value == section)
        about = named(table, config[section][place]) + (f" {name}" if name else "")
        line = places.field(table, place, name) if name else places.table(table, place)
        return Problem(line, about, text)
    found = _PANEL_WHERE.match(said)
    if found:
        return Problem(places.field("panel", 0, found[1]), found[1], found[2])
    return Problem(0, "the file", said)


def _left_out(said: str, left: dict[str, Any], order: dict[str, list[int]]) -> bool:
    """Take what was complained about out of the configuration; returns whether that was possible."""
    found = _WHERE.match(said)
    if found:
        items, place, name = left[found[1]], int(found[2]), found[3]
        if name and name != "number" and name in items[place]:
            del items[place][name]
        else:
            del items[place], order[found[1]][place]
        return True
    found = _PANEL_WHERE.match(said)
    if found and found[1] in left and not isinstance(left[found[1]], list):
        del left[found[1]]
        return True
    return False
