"""The floor that the panel's latency is compared with: the same client, the same message size, and nothing else.

Publishes a message, waits until a second client has sent it back, and tells the world how long that took.
"""

import asyncio
import os
import time

from hemlarm_firmware.link.connection import Connection
from hemlarm_protocol.keys import KID_BYTES
from hemlarm_protocol.sealing import SIZES

ROUNDS = 300
PAUSE_S = 0.003
"""Between two rounds, as between two events: processes that have just slept answer later than ones kept busy."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


async def main(board: "Any") -> None:
    """Measure when somebody holds a tag to the keypad: `ROUNDS` round trips, each traced in microseconds."""
    connection = Connection(board, board.credentials()["panel"].hex())
    await connection.open()
    await _keypad(board)
    for _ in range(ROUNDS):
        message = os.urandom(KID_BYTES + SIZES[0])
        began_us = time.ticks_us()
        connection.send_now(message)
        # The ingest hears these messages too and may ask who this is; only the echo counts.
        while await connection.receive() != message:
            pass
        board.trace("echoed", time.ticks_diff(time.ticks_us(), began_us))
        await asyncio.sleep(PAUSE_S)
    board.trace("finished")
    connection.close()
    await _keypad(board)


async def _keypad(board: "Any") -> None:
    while (await board.next_input())[0] != "tag":
        pass
