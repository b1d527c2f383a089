"""What every command of `hemlarm cloud` has in common: options, the store, and how results and errors are told."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console, RenderableType

from hemlarm_cloud.authority import AuthorityError
from hemlarm_cloud.broker import BrokerError
from hemlarm_cloud.errors import CentreError, ListenError
from hemlarm_cloud.installation import InstallationError, open_store
from hemlarm_cloud.operations.errors import BackupError
from hemlarm_cloud.provision import ProvisionError
from hemlarm_cloud.settings import Settings, SettingsError, load_settings
from hemlarm_cloud.sms.errors import SmsServiceError
from hemlarm_cloud.store import Store, StoreError
from hemlarm_cloud.vault import VaultError
from hemlarm_protocol import topics

FAILED, BAD_USAGE = 1, 2

Config = Annotated[Path | None, typer.Option("--config", help="Settings file (TOML).")]
Data = Annotated[Path | None, typer.Option("--data", help="Folder for all that the cloud keeps.")]
Database = Annotated[str | None, typer.Option("--database", help="Database URL.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Panel = Annotated[str, typer.Argument(metavar="PANEL", help="The panel's 16 hexadecimal digits.")]

_TROUBLE = (
    BackupError,
    CentreError,
    ListenError,
    AuthorityError,
    BrokerError,
    InstallationError,
    ProvisionError,
    SmsServiceError,
    StoreError,
    VaultError,
)


@contextmanager
def opened_store(config: Path | None, data: Path | None, database: str | None) -> Iterator[Store]:
    """Open the store of the installation that these options name; trouble is told and ends the command."""
    with reporting(), open_store(settings_from(config, data, database)) as store:
        yield store


def settings_from(config: Path | None, data: Path | None, database: str | None, **flags: object | None) -> Settings:
    """Return the settings. Raises SettingsError."""
    return load_settings(config, os.environ, {"data": data, "database": database, **flags})


@contextmanager
def reporting() -> Iterator[None]:
    """Tell a person about what went wrong, without a traceback."""
    try:
        yield
    except SettingsError as error:
        fail(str(error), BAD_USAGE)
    except _TROUBLE as error:
        fail(str(error), FAILED)
    except OSError as error:
        fail(f"{error.filename or 'the system'}: {error.strerror}", FAILED)


def fail(text: str, status: int) -> NoReturn:
    """End the command with this text and status."""
    typer.echo(f"hemlarm: {text}", err=True)
    raise typer.Exit(status)


def print_facts(as_json: bool, facts: dict[str, Any], shown: RenderableType) -> None:
    """Print a result: as one JSON document, or for people."""
    if as_json:
        typer.echo(json.dumps(facts))
    else:
        Console(soft_wrap=isinstance(shown, str), markup=False, highlight=False).print(shown)


def panel_id(panel: str) -> str:
    """Return a panel's id as it was given, or end the command if it is none."""
    if not topics.is_panel(panel):
        fail(f"{panel!r} is not a panel's id: those have 16 hexadecimal digits in lower case", BAD_USAGE)
    return panel


def unknown(panel: str) -> ProvisionError:
    """Return the error that there is no such panel."""
    return ProvisionError(f"no panel {panel} here; `hemlarm cloud panel list` shows them all")
