"""`hemlarm sim open`: the house on a page, with its cloud behind it, until somebody ends it."""

import json
import signal
import threading
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from hemlarm_cloud.broker import KINDS, BrokerError
from hemlarm_cloud.provision import PanelCredentials, ProvisionError
from hemlarm_simulator.board_link import PanelGoneError
from hemlarm_simulator.description import HouseDescription, houses, load_house, read_house
from hemlarm_simulator.house_table import HouseError
from hemlarm_simulator.launch import LaunchError
from hemlarm_simulator.simulated_panel import PanelCrashedError

if TYPE_CHECKING:
    from hemlarm_simulator.page.opening import Wanted

PANELS_MAX = 40
"""What one thread and one browser page carry with ease."""

DEFAULT_LISTEN = "127.0.0.1:8700"
_FIRST_HOUSE = "villa"
_FAILED, _BAD_USAGE = 1, 2
_PORTS = range(0x10000)


class UsageError(Exception):
    """What was asked for makes no sense together; the text says what does."""


def sim_open(
    house: Annotated[list[str] | None, typer.Option(help="A house's name, or its file; again for several.")] = None,
    panels: Annotated[int, typer.Option(min=1, max=PANELS_MAX, help="So many panels, in these houses in turn.")] = 1,
    real_time: Annotated[bool, typer.Option("--real-time", help="Real broker and cloud, at the pace of life.")] = False,
    broker: Annotated[str, typer.Option(help=f"In real time: {' or '.join(KINDS)}.")] = "nats",
    cloud: Annotated[
        str, typer.Option(metavar="URL", help="Panels report to a cloud elsewhere, whose pages these are.")
    ] = "",
    credentials: Annotated[list[Path] | None, typer.Option(help="That cloud's file for each panel.")] = None,
    listen: Annotated[
        str, typer.Option(metavar="HOST:PORT", help="The page; the cloud's are one port up.")
    ] = DEFAULT_LISTEN,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Open no browser.")] = False,
    seed: Annotated[int, typer.Option(help="Decides all that is left to chance.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document, and run.")] = False,
) -> None:
    """Open houses in a browser: every sensor clickable, keypad, instruments, and what the cloud makes of it."""
    # Brings the whole cloud with its pages, which no other command of the simulator needs.
    from hemlarm_cloud.api.service import ApiError
    from hemlarm_simulator.page.opening import Wanted, opened

    try:
        provisioned = tuple(read_credentials(file) for file in credentials or ())
        chosen = chosen_houses(house or [_FIRST_HOUSE], max(panels, len(provisioned)))
        wanted = Wanted(chosen, parsed_listen(listen), seed, real_time, broker, cloud, provisioned)
        check(wanted)
    except (HouseError, ProvisionError, UsageError) as error:
        _fail(str(error), _BAD_USAGE)
    try:
        with opened(wanted) as addresses:
            _tell(addresses.page, addresses.cloud, as_json)
            if not no_browser:
                webbrowser.open(addresses.page)
            _wait()
    except (ApiError, BrokerError, LaunchError, PanelCrashedError, PanelGoneError) as error:
        _fail(str(error))


def chosen_houses(names: list[str], panels: int) -> list[HouseDescription]:
    """The houses of so many panels, the named ones in turn. Raises HouseError."""
    read = [_house(name) for name in names]
    return [read[number % len(read)] for number in range(max(panels, len(read)))]


def parsed_listen(text: str) -> tuple[str, int]:
    """Host and port. Raises UsageError."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) not in _PORTS:
        raise UsageError(f"--listen {text!r} is no HOST:PORT; write for example {DEFAULT_LISTEN}")
    return host.strip("[]"), int(port)


def read_credentials(file: Path) -> PanelCredentials:
    """What `hemlarm cloud panel provision` wrote. Raises ProvisionError."""
    try:
        return PanelCredentials.from_cbor(file.read_bytes())
    except OSError as error:
        raise ProvisionError(f"credentials {file} cannot be read ({error.strerror})") from None


def check(wanted: "Wanted") -> None:
    """Lets pass what can be opened. Raises UsageError."""
    if bool(wanted.cloud) != bool(wanted.credentials):
        raise UsageError("--cloud and --credentials go together: whose pages, and the file of each panel there")
    if wanted.credentials and len(wanted.credentials) != len(wanted.houses):
        raise UsageError(f"{len(wanted.houses)} panels need {len(wanted.houses)} --credentials, one each")
    if wanted.broker not in KINDS:
        raise UsageError(f"--broker {wanted.broker!r} is none of {', '.join(KINDS)}")


def _house(name: str) -> HouseDescription:
    path = Path(name)
    return read_house(path) if name not in houses() and path.suffix == ".toml" else load_house(name)


def _tell(url: str, cloud_url: str, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"url": url, "cloud": cloud_url}))
    else:
        typer.echo(f"The house is at {url}\nIts cloud is at {cloud_url}\nCtrl-C ends both.")


def _wait() -> None:
    """Until Ctrl-C, or until the system wants it to end."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: ended.set())
    ended.wait()


def _fail(text: str, status: int = _FAILED) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(status)
