"""How this cloud is set up: a TOML file, over it `HEMLARM_*` variables, over these the command line's flags."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from hemlarm_cloud.notices.addresses import is_address
from hemlarm_cloud.sms.numbers import is_number

VARIABLE_PREFIX = "HEMLARM_"
CONFIG_VARIABLE = "HEMLARM_CONFIG"
"""Names the settings file, for whoever does not want to pass --config each time."""

BROKERS = ("nats", "mosquitto")
LOGS = ("text", "json")
MAIL_TLS = ("starttls", "tls", "none")

_HOST = re.compile(r"[A-Za-z0-9.:-]{1,253}")


class SettingsError(Exception):
    """A setting that cannot be. The text names the key, the place where it stands, and what is allowed."""


@dataclass(frozen=True)
class Settings:
    """What can be set.

    `data` is the folder for all that the cloud keeps; a relative one in a file starts from the file's folder.
    `database` is an SQLAlchemy URL. The broker listens on `host` and `port`; `names` are the names and addresses that
    panels may use for it, the first one is written into their credentials.

    With `sms_listen` (ADDRESS:PORT) and `sms_token` SMS from panels are taken as POST requests to /sms, in plain HTTP:
    put a proxy with TLS in front of an address that is not this machine's own. What is to go by SMS is posted to
    `sms_url`, with `sms_url_token` as bearer if that is set, and `sms_number` as the sender. `sms/webhook.py` and
    `sms/sending.py` say how.

    Notices to people go by mail through `mail_server` from the address `mail_from`, on `mail_port`. `mail_tls` is
    "starttls", "tls" from the first byte on, or "none" for a server on this machine; `mail_user` and `mail_password`
    log in. Those by SMS take `sms_url`.
    With `private_targets` "yes" people's own services and Home Assistants may be at private addresses, for a cloud that
    serves its own house; a cloud that serves strangers leaves it at "no".

    Foreign transmitters are taken at `sos_access_listen` in plain TCP, at `sos_access_tls_listen` in TLS with the PEM
    files `sos_access_certificate` and `sos_access_key`, and at `dc09_listen`, TCP and UDP.

    The API is served at `api_listen`, in TLS with the PEM files `api_certificate` and `api_key`; without them put a
    proxy in front. With `api_shared` = "yes" a second process may listen there too, to take over without a gap.
    `pages_url` is where browsers find the pages that are served there too, such as https://larm.example.se, for the
    links in mail: without it only who sits at this machine can sign up. `log` is the form of the log, "text" or "json".
    """

    data: Path = field(default_factory=lambda: Path.home() / ".local" / "share" / "hemlarm")
    database: str = field(default="", repr=False)
    broker: str = "nats"
    host: str = "127.0.0.1"
    port: int = 8883
    names: tuple[str, ...] = ("localhost", "127.0.0.1")
    sms_listen: tuple[str, int] | None = None
    sms_token: str = field(default="", repr=False)
    sms_url: str = ""
    sms_url_token: str = field(default="", repr=False)
    sms_number: str = ""
    mail_server: str = ""
    mail_port: int = 587
    mail_from: str = ""
    mail_tls: str = "starttls"
    mail_user: str = ""
    mail_password: str = field(default="", repr=False)
    sos_access_listen: tuple[str, int] | None = None
    sos_access_tls_listen: tuple[str, int] | None = None
    sos_access_certificate: Path | None = None
    sos_access_key: Path | None = None
    dc09_listen: tuple[str, int] | None = None
    api_listen: tuple[str, int] | None = None
    api_certificate: Path | None = None
    api_key: Path | None = None
    api_shared: str = "no"
    private_targets: str = "no"
    pages_url: str = ""
    log: str = "text"

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
    for key, other in _NEEDS.items():
        if key in values and other not in values:
            raise SettingsError(f"settings: {key} is set, but not {other}: set both, or neither")
    if values.get("mail_tls") == "none" and values["mail_server"] not in _THIS_MACHINE:
        raise SettingsError("settings: mail_tls = 'none' is for a mail_server on this machine; use starttls or tls")
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


def _path(raw: object) -> Path:
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


def _listener(raw: object) -> tuple[str, int]:
    host, _, port = _text(raw).rpartition(":")
    return _text(host.removeprefix("[").removesuffix("]")), _port(port)


def _token(raw: object) -> str:
    token = _text(raw)
    if len(token) < TOKEN_MIN or not token.isascii() or not token.isprintable() or " " in token:
        raise ValueError
    return token


def _url(raw: object) -> str:
    url = urlsplit(_text(raw))
    if not url.hostname or url.username or url.fragment:
        raise ValueError
    if url.scheme != "https" and (url.scheme != "http" or url.hostname not in _THIS_MACHINE):
        raise ValueError
    return url.geturl()


def _number(raw: object) -> str:
    number = _text(raw)
    if not is_number(number):
        raise ValueError
    return number


def _host(raw: object) -> str:
    host = _text(raw)
    if not _HOST.fullmatch(host):
        raise ValueError
    return host


def _mail_address(raw: object) -> str:
    address = _text(raw)
    if not is_address(address):
        raise ValueError
    return address


def _mail_tls(raw: object) -> str:
    if raw not in MAIL_TLS:
        raise ValueError
    return str(raw)


def _log(raw: object) -> str:
    if raw not in LOGS:
        raise ValueError
    return str(raw)


def _yes_or_no(raw: object) -> str:
    if raw not in ("yes", "no"):
        raise ValueError
    return str(raw)


TOKEN_MIN = 16
"""Characters of a bearer token, which nobody must guess."""

_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")

_SECRET = ("database", "sms_token", "sms_url_token", "mail_password")
"""Keys whose values may hold a password and are never repeated."""

_NEEDS = {
    "sms_listen": "sms_token",
    "sms_token": "sms_listen",
    "sms_url": "sms_listen",
    "sms_url_token": "sms_url",
    "sms_number": "sms_url",
    "mail_server": "mail_from",
    "mail_from": "mail_server",
    "mail_port": "mail_server",
    "mail_tls": "mail_server",
    "mail_user": "mail_password",
    "mail_password": "mail_server",
    "sos_access_tls_listen": "sos_access_certificate",
    "sos_access_certificate": "sos_access_key",
    "sos_access_key": "sos_access_tls_listen",
    "api_certificate": "api_key",
    "api_key": "api_certificate",
    "api_shared": "api_listen",
    "pages_url": "api_listen",
}
"""A key that makes no sense without another one."""

_PARSERS: dict[str, tuple[Callable[[object], object], str]] = {
    "data": (_path, "the path of a folder"),
    "database": (_database, "a URL such as sqlite:///FILE or postgresql://USER@HOST/NAME"),
    "broker": (_broker, f"one of {', '.join(BROKERS)}"),
    "host": (_text, "an address to listen on"),
    "port": (_port, "a whole number from 1 to 65535"),
    "names": (_names, "a list of host names or addresses (in a variable or flag with commas between)"),
    "sms_listen": (_listener, "an address and a port such as 127.0.0.1:8080"),
    "sms_token": (_token, f"a token of at least {TOKEN_MIN} letters, digits and signs"),
    "sms_url": (_url, "a URL with https, or http on this machine"),
    "sms_url_token": (_token, f"a token of at least {TOKEN_MIN} letters, digits and signs"),
    "sms_number": (_number, "a telephone number such as +46701234567"),
    "mail_server": (_host, "a host's name or address"),
    "mail_port": (_port, "a whole number from 1 to 65535"),
    "mail_from": (_mail_address, "a mail address such as larm@example.se"),
    "mail_tls": (_mail_tls, f"one of {', '.join(MAIL_TLS)}"),
    "mail_user": (_text, "a text"),
    "mail_password": (_text, "a text"),
    "sos_access_listen": (_listener, "an address and a port such as 0.0.0.0:2000"),
    "sos_access_tls_listen": (_listener, "an address and a port such as 0.0.0.0:2001"),
    "sos_access_certificate": (_path, "the path of a PEM file"),
    "sos_access_key": (_path, "the path of a PEM file"),
    "dc09_listen": (_listener, "an address and a port such as 0.0.0.0:12000"),
    "api_listen": (_listener, "an address and a port such as 127.0.0.1:8480"),
    "api_certificate": (_path, "the path of a PEM file"),
    "api_key": (_path, "the path of a PEM file"),
    "api_shared": (_yes_or_no, "yes or no"),
    "pages_url": (_url, "a URL with https, or http on this machine"),
    "private_targets": (_yes_or_no, "yes or no"),
    "log": (_log, f"one of {', '.join(LOGS)}"),
}
"""What each key's value must be, and how that is told."""
