"""A receiver in a process of its own, to be killed: python receiver_program.py DATABASE_URL; prints its port."""

import sys
import threading

from hemlarm_cloud.receive.service import ReceiveService
from hemlarm_cloud.store import Store
from receive_support import Listening, noise, real_ms, vault


def main() -> None:
    """Serve until somebody kills this."""
    service = ReceiveService(Store.open(sys.argv[1]), vault(), Listening(), real_ms, noise)
    service.start()
    sys.stdout.write(f"{service.ports['dc-09']}\n")
    sys.stdout.flush()
    threading.Event().wait()


if __name__ == "__main__":
    main()
