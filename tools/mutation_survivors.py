"""The list of survivors that were looked at: docs/mutation-survivors.md, and what a run says against it.

A row of its table is `| module | where | mutation | reason |`, keyed by text instead of line numbers so that it stays
true while other things change. Text outside of the table is written by hand.
"""

import re
from collections.abc import Iterable, Sequence

Key = tuple[str, str, str]

_CELL_END = re.compile(r"(?<!\\)\|")


def row(key: Key, reason: str) -> str:
    """The row for a survivor, as it stands in the document."""
    module, where, mutation = (part.replace("|", "\\|") for part in key)
    return f"| `{module}` | `{where}` | `{mutation}` | {reason} |"


def listed(document: str) -> dict[Key, str]:
    """The reasons by key. Raises ValueError for a row that is no row, is there twice or gives no reason."""
    found: dict[Key, str] = {}
    for number, line in enumerate(document.splitlines(), 1):
        if not line.startswith("| `"):
            continue
        cells = [cell.strip() for cell in _CELL_END.split(line)[1:-1]]
        if len(cells) != 4 or not cells[3]:
            raise ValueError(f"line {number}: a row needs module, where, mutation and a reason: {line}")
        key = (_plain(cells[0]), _plain(cells[1]), _plain(cells[2]))
        if key in found:
            raise ValueError(f"line {number}: {' '.join(key)} is listed twice; strike one")
        found[key] = cells[3]
    return found


def complaints(reasons: dict[Key, str], survivors: Sequence[Key], killed: Iterable[Key], whole: set[str]) -> list[str]:
    """What does not fit: survivors that are not listed, listed mutants that were killed or, in the modules that were
    tried as a whole, are none any more. Empty when all is well.
    """
    dead = set(killed)
    known = dead.union(survivors)
    new = [key for key in survivors if key not in reasons]
    found = [f"survivors not listed: {len(new)}; write a test that kills them, or list why none can"] if new else []
    found += [f"listed, but the tests kill it; strike it: {_told(key)}" for key in reasons if key in dead]
    gone = [key for key in reasons if key not in known and key[0] in whole]
    return found + [f"listed, but there is no such mutant; strike it: {_told(key)}" for key in gone]


def _told(key: Key) -> str:
    return f"{key[0]}, {key[1]}: {key[2]}"


def _plain(cell: str) -> str:
    return cell.strip("`").replace("\\|", "|")
