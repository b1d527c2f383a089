"""What a board runs after `boot.py`: the panel, on whatever board this is."""

import asyncio

from hemlarm_firmware import app
from hemlarm_firmware.hal import this_board

asyncio.run(app.main(this_board()))
