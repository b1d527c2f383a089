"""`hemlarm cloud provisioning-key`: by what new panels know this installation."""

import os
from datetime import UTC, datetime

import typer

from hemlarm_cloud.installation import open_installation
from hemlarm_cloud.terminal import Config, Data, Database, Json, print_facts, reporting, settings_from


def add_to(app: typer.Typer) -> None:
    """Make this a command of `hemlarm cloud`."""
    app.command("provisioning-key")(provisioning_key)


def provisioning_key(
    config: Config = None, data: Data = None, database: Database = None, as_json: Json = False
) -> None:
    """Print the public key that panels' firmware is built with: `hemlarm update build --cloud-key`."""
    settings = settings_from(config, data, database)
    with reporting(), open_installation(settings, os.urandom, datetime.now(UTC)) as opened:
        public = opened.provisioning_key.public.hex()
    print_facts(as_json, {"cloud_key": public}, public)
