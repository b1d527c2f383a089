"""A desk with a board, a release to install on it, and a real cloud: for the tests of `hemlarm install`."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from typer.testing import CliRunner

import images
from api_process import Process, add_account, opened
from broker_support import await_true
from hemlarm_cloud.broker.child import free_port
from hemlarm_cloud.provisioning.key import open_key
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema import event, panel
from hemlarm_installer import firmware_build, install_commands
from hemlarm_installer.desk_view import DeskView
from hemlarm_simulator.desk_board import stock
from hemlarm_simulator.desk_board.board import DeskBoard

LOCAL = "127.0.0.1"
VERSION = 1005


@dataclass
class Desk:
    """What lies on the desk: files for the tool, and a cloud that runs."""

    folder: Path
    cloud: Process
    store: Store

    def arguments(self, board: DeskBoard) -> list[str]:
        """What `hemlarm install flash` is told."""
        named = {"image": "stock.bin", "release": "release.img", "trust": "trust"}
        files = [word for name, file in named.items() for word in (f"--{name}", str(self.folder / file))]
        return [
            "--port",
            str(board.port),
            "--board",
            "desk",
            *files,
            "--sha256",
            hashlib.sha256(stock.image()).hexdigest(),
        ]

    def cloud_arguments(self) -> list[str]:
        """What says where the cloud is."""
        url = self.cloud.url.removesuffix("/api/v1")
        return ["--cloud", url, "--token-file", str(self.folder / "token")]

    def panels(self) -> list[str]:
        """The panels that the cloud has admitted."""
        with self.store.read() as reading:
            return list(reading.connection.scalars(select(panel.c.id)))

    def await_event(self, panel_id: str) -> None:
        """Wait until the cloud has stored an event of this panel."""

        def reported() -> bool:
            with self.store.read() as reading:
                return bool(reading.connection.scalars(select(event.c.number).where(event.c.panel == panel_id)).all())

        await_true(reported, f"an event of panel {panel_id} in the cloud")


@contextmanager
def laid_out(folder: Path) -> Iterator[Desk]:
    """A desk in this folder, until it is cleared away."""
    data = folder / "data"
    store = opened(data)
    (folder / "token").write_text(add_account(store, "supervisor") + "\n")
    (folder / "stock.bin").write_bytes(stock.image())
    (folder / "trust").write_bytes(images.TEST_KEY.public)
    cloud_key = open_key(data, os.urandom).public
    release = images.signed_image(VERSION, firmware_build.compiled("desk"), board="desk", cloud_key=cloud_key)
    (folder / "release.img").write_bytes(release)
    ports = {"port": str(free_port(LOCAL)), "api_listen": f"{LOCAL}:{free_port(LOCAL)}"}
    cloud = Process(data, "ingest,api", host=LOCAL, **ports)
    try:
        yield Desk(folder, cloud, store)
    finally:
        cloud.end()
        store.close()


def installed(arguments: Sequence[str], board: DeskBoard, monkeypatch: Any) -> tuple[int, str]:
    """Run `hemlarm install` so; whoever it asks for the code reads it on the board. Returns status and what it said."""
    monkeypatch.setattr(DeskView, "ask_code", lambda _self, _left: code_on(board))
    outcome = CliRunner().invoke(install_commands.install_app, list(arguments))
    if outcome.exception is not None and not isinstance(outcome.exception, SystemExit):
        raise outcome.exception
    return outcome.exit_code, outcome.output


def code_on(board: DeskBoard) -> str:
    """The code that the keypad's display shows."""
    shown = [line for line in board.outputs() if line.startswith("display") and "code" in line]
    return "".join(character for character in shown[-1] if character.isdigit())
