"""`hemlarm cloud backup` and `restore`: copies of the database, made while the cloud runs."""

from pathlib import Path
from typing import Annotated

import typer

from hemlarm_cloud.operations import backup
from hemlarm_cloud.terminal import Config, Data, Database, Json, print_facts, reporting, settings_from

Copy = Annotated[Path, typer.Argument(metavar="FILE", help="The copy.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("backup")(_backup)
    app.command("restore")(_restore)


def _backup(
    file: Copy, config: Config = None, data: Data = None, database: Database = None, as_json: Json = False
) -> None:
    """Write a copy of the database to a new file, while the cloud runs. It holds no keys: keep those apart."""
    with reporting():
        backup.backup(settings_from(config, data, database).database_url, file)
        facts = {"file": str(file), "bytes": file.stat().st_size}
    print_facts(
        as_json,
        facts,
        f"Copied the database to {file}. Keep copies of master.key, provisioning.key and authority/ elsewhere.",
    )


def _restore(
    file: Copy, config: Config = None, data: Data = None, database: Database = None, as_json: Json = False
) -> None:
    """Bring a copy back into an empty place; panels are then asked again for what it lacks."""
    with reporting():
        settings = settings_from(config, data, database)
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        backup.restore(file, settings.database_url)
    print_facts(as_json, {"file": str(file)}, f"Restored {file}. Panels send again what it lacks once the cloud runs.")
