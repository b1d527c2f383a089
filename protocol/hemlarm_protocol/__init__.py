"""What panel and cloud say to each other: the same files on MicroPython and on CPython.

Nothing in here does I/O, reads a clock or draws a random number of its own.
"""
