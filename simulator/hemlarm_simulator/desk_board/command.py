"""`hemlarm sim board`: a board to install, without a board."""

import hashlib
import json
import signal
import threading
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from hemlarm_simulator.desk_board import stock
from hemlarm_simulator.desk_board.board import DeskBoard


def sim_board(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the board's flash is kept.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Play a board on a pseudo-terminal, for `hemlarm install`, esptool and mpremote, until interrupted.

    Its keypad's display and its lamps are told in the folder's outputs.txt.
    """
    asked_to_stop = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        asked_to_stop.set()

    before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        with DeskBoard(folder) as board:
            image = folder / "stock.bin"
            image.write_bytes(stock.image())
            digest = hashlib.sha256(stock.image()).hexdigest()
            told = {"port": str(board.port), "image": str(image), "sha256": digest}
            shown = f"A desk board at {board.port}; give `install flash` --image {image} --sha256 {digest}"
            typer.echo(json.dumps(told) if as_json else shown)
            asked_to_stop.wait()
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
