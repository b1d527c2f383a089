"""The firmware with its heap measured at each heartbeat, for whoever looks for leaks."""

from hemlarm_firmware import app, condition

condition.HEAP_EVERY_MS = 1

main = app.main
