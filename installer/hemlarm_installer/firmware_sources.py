"""The sources of what runs on a panel: which files a board gets, and from where.

A board gets the drivers that its own module in `hal/` imports, and no other board's. The tables say what else stays
out; whatever is in no table ships, so that a module that is only imported when it is needed is never forgotten.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import hemlarm_protocol
from hemlarm_installer import firmware_code

STAND_INS = "virtual"
"""The folder of modules that replace MicroPython's own under virtual time."""

LOADER = "boot"
"""The folder of the boot loader's modules."""

BOARDS: Mapping[str, tuple[str, ...]] = {
    "esp32-s3": ("esp32_s3",),
    "pico-2-w": ("pico_2_w",),
    "desk": ("ip",),
    "simulated": ("ip",),
}
"""The boards that there are images for, and the modules of `hal/` that they begin with."""

_CPYTHON_ONLY = "_cpython.py"
_NOT_ON_PANELS = (
    "hemlarm_firmware/panel/table_names.py",
    "hemlarm_protocol/bundle.py",
    "hemlarm_protocol/cloud_end.py",
    "hemlarm_protocol/contact_id_names.py",
    "hemlarm_protocol/message_names.py",
    "hemlarm_protocol/topics.py",
)
"""What only the cloud and people at their desks need."""
_IN_SENSORS = "hemlarm_protocol/sensor_radio.py"
"""The sensors' end of the radio: benches run it beside the panel's, a board never does."""
_HAL = "hemlarm_firmware.hal"


class UnknownBoardError(Exception):
    """There are no images for a board of this name; the text says for which there are."""


@dataclass(frozen=True)
class Source:
    """A file: the folder of its search root among what is compiled, its place there, and its text."""

    folder: str
    place: Path
    text: str

    @property
    def module(self) -> str:
        """What it is imported by and what a traceback calls it: a panel has that name in memory anyway."""
        name = ".".join(self.place.with_suffix("").parts).removesuffix(".__init__")
        return f"{STAND_INS}.{name}" if self.folder == STAND_INS else name  # "time" itself is MicroPython's.


def of_board(board: str, overlay: Mapping[str, str] | None = None) -> tuple[Source, ...]:
    """Return what a board's image is made of. `overlay` has other texts for files, or new files, by their place.

    Raises UnknownBoardError, FirmwareMissingError.
    """
    if board not in BOARDS:
        raise UnknownBoardError(f"no board is called {board!r}; there are {', '.join(sorted(BOARDS))}")
    other = dict(overlay or {})
    found = [
        Source(source.folder, source.place, other.pop(source.place.as_posix(), source.text))
        for source in _product()
        if source.place.as_posix() != _IN_SENSORS
    ]
    found += [Source("firmware", Path(place), text) for place, text in other.items()]
    drivers = _drivers(found, BOARDS[board])
    missing = [name for name in BOARDS[board] if f"{_HAL}.{name}" not in drivers]
    if missing:
        raise firmware_code.FirmwareMissingError(f"no hal/{missing[0]}.py for the board {board}; install hemlarm again")
    kept = [source for source in found if not _is_driver(source) or source.module in drivers]
    return tuple(sorted(kept, key=lambda source: source.place.as_posix()))


def of_simulator(shadow: Path | None) -> tuple[Source, ...]:
    """Return what simulated panels run: with `shadow`, the simulator's folder of stand-ins for a board, these too."""
    beside = [(STAND_INS, shadow / "virtual"), ("shadow", shadow)] if shadow is not None else []
    found = [source for folder, root in beside for source in _files(folder, root, "*.py")]
    product = list(_product())
    drivers = _drivers(product, BOARDS["simulated"])
    return (*found, *[source for source in product if source.module in drivers or not _is_driver(source)])


def of_loader() -> tuple[Source, ...]:
    """Return the modules of the boot loader, which stands on a board beside the images. Raises FirmwareMissingError."""
    return tuple(_files(LOADER, firmware_code.firmware_root(), "hemlarm_boot/**/*.py"))


def constant(sources: tuple[Source, ...], module: str, name: str) -> int:
    """Return a whole number that a module binds at its top. Raises LookupError."""
    for source in sources:
        for statement in ast.parse(source.text).body if source.module == module else ():
            match statement:
                case ast.Assign(targets=[ast.Name(id=bound)], value=ast.Constant(value=int() as value)) if (
                    bound == name
                ):
                    return value
    raise LookupError(f"{module} binds no number to {name}")


def _product() -> Iterator[Source]:
    assert hemlarm_protocol.__file__ is not None
    for folder, root in (
        ("firmware", firmware_code.firmware_root()),
        ("protocol", Path(hemlarm_protocol.__file__).parents[1]),
    ):
        for source in _files(folder, root, f"hemlarm_{folder}/**/*.py"):
            if source.place.as_posix() not in _NOT_ON_PANELS:
                yield source


def _files(folder: str, root: Path, pattern: str) -> Iterator[Source]:
    for path in sorted(root.glob(pattern)):
        if not path.name.endswith(_CPYTHON_ONLY):
            yield Source(folder, path.relative_to(root), path.read_text(encoding="utf-8"))


def _is_driver(source: Source) -> bool:
    return source.module.startswith(f"{_HAL}.")


def _drivers(sources: list[Source], first: tuple[str, ...]) -> frozenset[str]:
    """The modules of `hal/` that these first ones import, whether at their top or when they need them."""
    known = {source.module: source for source in sources if _is_driver(source)}
    waiting = [f"{_HAL}.{name}" for name in first]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in known and name not in found:
            found.add(name)
            waiting += _imports(known[name].text)
    return frozenset(found | {name for name in known if any(inner.startswith(f"{name}.") for inner in found)})


def _imports(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.ImportFrom(module=str() as module, names=names):
                yield module
                yield from (f"{module}.{alias.name}" for alias in names)
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
