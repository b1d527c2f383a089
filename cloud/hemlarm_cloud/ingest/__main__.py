"""One ingest worker as a process of its own: `python -m hemlarm_cloud.ingest --help`."""

import argparse
import json
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from hemlarm_cloud.broker import BrokerLogin
from hemlarm_cloud.ingest.core import IngestCore
from hemlarm_cloud.ingest.worker import Frames, Worker, steady_ms
from hemlarm_cloud.store import Store, StoreError
from hemlarm_cloud.vault import Vault, VaultError


def arguments_for(database: str, vault: Path, login: BrokerLogin, *further: str) -> list[str]:
    """Return the command that starts a worker with these."""
    return [
        *(sys.executable, "-m", "hemlarm_cloud.ingest"),
        *("--database", database, "--vault", str(vault)),
        *("--host", login.host, "--port", str(login.port), "--client-id", login.client_id),
        *("--authority", str(login.authority), "--certificate", str(login.certificate), "--key", str(login.key)),
        *further,
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT. Returns 0, or 1 where store or vault cannot be used."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    login = BrokerLogin(
        options.host, options.port, options.client_id, options.authority, options.certificate, options.key
    )
    try:
        store = Store.open(options.database, options.picture_keys)
        store.expect_writes()
        vault = Vault.load(options.vault)
    except (StoreError, VaultError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    core = IngestCore(store, vault, os.urandom, options.heartbeat_ms, steady_ms)
    worker = Worker(core, login, observer=_tell if options.trace else None)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    worker.run()
    store.close()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m hemlarm_cloud.ingest", description=main.__doc__)
    parser.add_argument("--database", required=True, help="SQLAlchemy URL of the store")
    parser.add_argument("--host", required=True, help="the broker's address")
    parser.add_argument("--port", required=True, type=int)
    parser.add_argument("--client-id", required=True, help="the name in the certificate")
    for name in ("vault", "authority", "certificate", "key"):
        parser.add_argument(f"--{name}", required=True, type=Path, help="a file")
    parser.add_argument("--picture-keys", type=Path, help="the folder of the pictures' keys, unless beside the file")
    parser.add_argument("--heartbeat-ms", type=int, help="how often to hear from panels, in place of their levels")
    parser.add_argument("--trace", action="store_true", help="print each committed group as one JSON line")
    return parser


def _tell(frames: Frames, answers: Frames, committed_us: int) -> None:
    up, down = ([[panel, frame.hex()] for panel, frame in group] for group in (frames, answers))
    group = {"committed_us": committed_us, "up": up, "down": down}
    sys.stdout.write(json.dumps(group) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
