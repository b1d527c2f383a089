"""`hemlarm cloud` as a person at a terminal has it, for tests."""

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from hemlarm_cloud import cli
from hemlarm_cloud.settings import Settings
from hemlarm_cloud.store import Store

UNKNOWN = "0" * 16
"""A panel that there is not."""


class Terminal:
    """A person at a terminal of 80 columns, with an installation of their own."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def run(self, *words: str, typed: str = "") -> Result:
        environment = {"HEMLARM_DATA": str(self.data), "COLUMNS": "80"}
        return CliRunner().invoke(cli.app, list(words), input=typed, env=environment)

    def facts(self, *words: str, status: int = 0) -> Any:
        result = self.run(*words, "--json")
        assert (result.exit_code, result.stderr) == (status, "")
        return json.loads(result.stdout)

    def store(self) -> Store:
        return Store.open(Settings(data=self.data).database_url)
