"""The boards that can be installed: which MicroPython they need, and by which way they get it."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Literal, NamedTuple

from hemlarm_installer.errors import InstallError

VERSION_MIN = (1, 29)
"""Of MicroPython: the first in which file systems of our own can be imported from on every port."""


class BoardKind(NamedTuple):
    """A kind of board, as boards.toml says."""

    name: str
    title: str
    loader: Literal["esptool", "uf2"]
    chip: str
    stock: str
    sha256: str


@lru_cache(maxsize=1)
def known() -> Mapping[str, BoardKind]:
    """Return all kinds by their names."""
    text = resources.files(__package__).joinpath("boards.toml").read_text(encoding="utf-8")
    return {name: BoardKind(name=name, **told) for name, told in tomllib.loads(text).items()}


def kind_of(name: str) -> BoardKind:
    """Return the kind called `name`. Raises InstallError."""
    try:
        return known()[name]
    except KeyError:
        raise InstallError(f"no board is called {name!r}; there are {', '.join(sorted(known()))}") from None
