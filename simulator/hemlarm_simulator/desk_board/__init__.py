"""A board on an installer's desk, for the real `esptool` and `mpremote` to work on: a stand-in, on a pseudo-terminal.

Nothing of it is a real board but what runs on it: MicroPython, LittleFS and, once installed, the firmware itself.
"""

from pathlib import Path

PROGRAM = Path(__file__).parents[1] / "shadow" / "desk" / "desk_start.py"
"""What the interpreter runs before anything of the board's own."""
