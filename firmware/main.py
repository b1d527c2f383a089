"""What a board runs after `boot.py`: the loader, which starts the panel's firmware."""

from hemlarm_boot.loader import start

start()
