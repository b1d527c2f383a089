"""What a simulated panel's process runs first: meets the world, builds the virtual board, starts the firmware.

The first frame from the world says which clock rules and which program to run: a module with `async def main(board)`.
"""

import gc
import sys

from board_stream import BoardStream, with_bytes

_GC_EVERY = 4096
"""Bytes between collections while modules are loaded: what stays then lies packed, and the free memory in one piece."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def virtual_stream(file: "Any") -> BoardStream:
    """A stream with the world as the owner of time. Before asyncio is imported, or it takes the C task queue."""
    import task_queue
    import virtual_clock

    sys.modules["_asyncio"] = task_queue
    return virtual_clock.TimedStream(file)


def attach_virtual(stream: "Any", start: "dict[str, Any]") -> None:
    """Lets the world own time and chance."""
    import os

    import virtual_clock

    virtual_clock.clock.attach(stream, start)
    os.seed_urandom(start["seed"])


async def connect_over_ip(board: "Any") -> "Any":
    """A new TLS connection to the broker, as real boards make it. Raises OSError."""
    from hemlarm_firmware.hal import ip

    return await ip.connect(board.credentials())


def secure_over_a_modem(board: "Any", line: "Any") -> "Any":
    """TLS over a modem's socket, as real boards make it. Raises OSError."""
    from hemlarm_firmware.hal import tls_stream

    return tls_stream.secure(board.credentials(), line)


def secure_in_virtual_time(_board: "Any", line: "Any") -> "Any":
    """The stand-in for it."""
    from virtual_tls import VirtualSecureStream

    return VirtualSecureStream(line)


def main() -> None:
    """Runs the program until the world ends it."""
    gc.threshold(_GC_EVERY)  # type: ignore[attr-defined]
    virtual = "virtual" in sys.argv
    file = open(3, "r+b")  # noqa: SIM115  Open for the life of the process.
    stream = virtual_stream(file) if virtual else BoardStream(file)
    start = with_bytes(stream.receive()[1])
    if virtual:
        attach_virtual(stream, start)
    import asyncio

    from virtual_board import VirtualBoard

    board = VirtualBoard(stream, start)
    if virtual:
        from virtual_network import VirtualNetwork

        board.connector = VirtualNetwork(board).connect
        board.securer = secure_in_virtual_time
    else:
        board.connector = connect_over_ip
        board.securer = secure_over_a_modem
        stream.collect = True

    program = __import__(start["program"], None, None, ("main",))
    try:
        asyncio.run(program.main(board))
    finally:
        stream.flush()


main()
