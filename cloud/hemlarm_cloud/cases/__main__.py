"""Case work as a process of its own: `python -m hemlarm_cloud.cases --help`."""

import argparse
import logging
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from hemlarm_cloud.cases.service import CaseService
from hemlarm_cloud.store import Store, StoreError


def arguments_for(database: str) -> list[str]:
    """Return the command that starts case work on this store."""
    return [sys.executable, "-m", "hemlarm_cloud.cases", "--database", database]


def main(arguments: Sequence[str] | None = None) -> int:
    """Work until SIGTERM or SIGINT. Returns 0, or 1 where the store cannot be used."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        store = Store.open(options.database, options.picture_keys)
    except StoreError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    service = CaseService(store, None, clock_ms)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: service.end())
    service.run()
    return 0


def clock_ms() -> int:
    """Return the wall clock, in ms since 1970."""
    return time.time_ns() // 1_000_000


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m hemlarm_cloud.cases", description=main.__doc__)
    parser.add_argument("--database", required=True, help="SQLAlchemy URL of the store")
    parser.add_argument("--picture-keys", type=Path, help="the folder of the pictures' keys, unless beside the file")
    return parser


if __name__ == "__main__":
    sys.exit(main())
