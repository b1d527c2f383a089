"""How this cloud is set up: a TOML file, over it `HEMLARM_*` variables, over these the command line's flags."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

VARIABLE_PREFIX = "HEMLARM_"
CONFIG_VARIABLE = "HEMLARM_CONFIG"
"""Names the settings file, for whoever does not want to pass --config each time."""

BROKERS = ("nats", "mosquitto")


class SettingsError(Exception):
    """A setting that cannot be. The text names the key, the place where it stands, and what is allowed."""


@dataclass(frozen=True)
class Settings:
    """What can be set.

    `data` is the folder for all that the cloud keeps; a relative one in a file starts from the file's folder.
    `database` is an SQLAlchemy URL. The broker listens on `host` and `port`; `names` are the names and addresses that
    panels may use for it, the first one is written into their credentials.
    """

    data: Path = field(default_factory=lambda: Path.home() / ".local" / "share" / "hemlarm")
    database: str = field(default="", repr=False)
    broker: str = "nats"
    host: str = "127.0.0.1"
    port: int = 8883
    names: tuple[str, ...] = ("localhost", "127.0.0.1")

    @property
    def database_url(self) -> str:
        """The database to open: the one that was set, or a file in the data folder."""
        return self.database or f"sqlite:///{self.data / 'store.db'}"


def load_settings(file: Path | None, environment: Mapping[str, str], flags: Mapping[str, object | None]) -> Settings:
    """Return the settings. Flags that are None were not given. Raises SettingsError.

    Without `file`, HEMLARM_CONFIG may name one. All HEMLARM_* variables are ours, so an unknown one is a mistake.
    """
    if file is None and environment.get(CONFIG_VARIABLE):
        file = Path(environment[CONFIG_VARIABLE])
    values: dict[str, object] = {}
    if file is not None:
        values |= _from_file(file)
    values |= _from_environment(environment)
    for key, raw in flags.items():
        if raw is not None:
            values[key] = _parse(key, raw, f"flag --{key}")
    return Settings(**values)  # type: ignore[arg-type]  # Each value went through its key's own parser.


def _from_file(file: Path) -> dict[str, object]:
    place = f"file {file}"
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"settings {place}: cannot be read ({error.strerror}); check --config") from None
    except ValueError as error:
        raise SettingsError(f"settings {place}: not TOML ({error}); write lines like port = 8883") from None
    values = {key: _parse(key, raw, place) for key, raw in found.items()}
    if isinstance(values.get("data"), Path):
        values["data"] = file.parent / str(values["data"])
    return values


def _from_environment(environment: Mapping[str, str]) -> dict[str, object]:
    values: dict[str, object] = {}
    for variable, raw in sorted(environment.items()):
        if variable.startswith(VARIABLE_PREFIX) and variable != CONFIG_VARIABLE:
            key = variable.removeprefix(VARIABLE_PREFIX).lower()
            values[key] = _parse(key, raw, f"environment variable {variable}")
    return values


def _parse(key: str, raw: object, place: str) -> object:
    if key not in _PARSERS:
        raise SettingsError(f"settings {place}: unknown key {key!r}; known are {', '.join(_PARSERS)}")
    parser, allowed = _PARSERS[key]
    try:
        return parser(raw)
    except (TypeError, ValueError):
        shown = "" if key in _SECRET else f" = {raw!r}"
        raise SettingsError(f"settings {place}: {key}{shown} is not {allowed}") from None


def _text(raw: object) -> str:
    if not isinstance(raw, str) or not raw.strip():
        raise ValueError
    return raw.strip()


def _folder(raw: object) -> Path:
    return Path(raw if isinstance(raw, Path) else _text(raw)).expanduser()


def _database(raw: object) -> str:
    url = _text(raw)
    if not url.startswith(("sqlite:", "postgresql:", "postgresql+")):
        raise ValueError
    return url


def _broker(raw: object) -> str:
    if raw not in BROKERS:
        raise ValueError
    return str(raw)


def _port(raw: object) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int | str):
        raise TypeError
    port = int(raw)
    if not 1 <= port <= 65535:
        raise ValueError
    return port


def _names(raw: object) -> tuple[str, ...]:
    listed = raw.split(",") if isinstance(raw, str) else raw
    if not isinstance(listed, list | tuple) or not listed:
        raise TypeError
    return tuple(_text(name) for name in listed)


_SECRET = ("database",)
"""Keys whose values may hold a password and are never repeated."""

_PARSERS: dict[str, tuple[Callable[[object], object], str]] = {
    "data": (_folder, "the path of a folder"),
    "database": (_database, "a URL such as sqlite:///FILE or postgresql://USER@HOST/NAME"),
    "broker": (_broker, f"one of {', '.join(BROKERS)}"),
    "host": (_text, "an address to listen on"),
    "port": (_port, "a whole number from 1 to 65535"),
    "names": (_names, "a list of host names or addresses (in a variable or flag with commas between)"),
}
"""What each key's value must be, and how that is told."""
