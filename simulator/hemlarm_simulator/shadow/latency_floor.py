"""The floor that the panel's latency is compared with: the same client, the same message size, and nothing else.

Publishes a message, waits until a second client has sent it back, and tells the world how long that took.
"""

import os
import time

from hemlarm_firmware.link.connection import Connection
from hemlarm_protocol.keys import KID_BYTES
from hemlarm_protocol.sealing import SIZES

ROUNDS = 500

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


async def main(board: "Any") -> None:
    """Measure when somebody uses the keypad: `ROUNDS` round trips, each traced in microseconds."""
    connection = Connection(board, board.credentials()["panel"].hex())
    await connection.open()
    await _keypad(board)
    message = os.urandom(KID_BYTES + SIZES[0])
    for _ in range(ROUNDS):
        began_us = time.ticks_us()
        connection.send_now(message)
        await connection.receive()
        board.trace("echoed", time.ticks_diff(time.ticks_us(), began_us))
    board.trace("finished")
    connection.close()
    await _keypad(board)


async def _keypad(board: "Any") -> None:
    while (await board.next_input())[0] != "keys":
        pass
