"""The firmware of the Hemlarm panel: MicroPython on a board, the same files on CPython in tests.

Everything that touches hardware, the clock, chance or the network stands behind `board.Board`.
"""
