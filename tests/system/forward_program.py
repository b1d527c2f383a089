"""Forwarding in a process of its own, for tests that kill it: `python forward_program.py DATABASE-URL`."""

import signal
import sys

from forward_running import forwarding
from hemlarm_cloud.store import Store

if __name__ == "__main__":
    with forwarding(Store.open(sys.argv[1])):
        sys.stdout.write("started\n")
        sys.stdout.flush()
        signal.pause()
