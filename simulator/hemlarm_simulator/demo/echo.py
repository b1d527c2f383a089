"""The second client of the floor: sends back whatever one panel publishes, and does nothing else."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from hemlarm_cloud.broker.client import BrokerClient
from hemlarm_protocol import topics
from hemlarm_simulator.real_cloud import RealCloud


@contextmanager
def echoing(cloud: RealCloud, panel: str) -> Iterator[None]:
    """Echo `panel` as long as the block runs, the way the ingest reads and writes, on a thread of its own."""
    login = cloud.broker.login(cloud.authority.issue_cloud("cloud-echo", datetime.now(UTC)))
    ended = threading.Event()
    ready = threading.Event()

    def run() -> None:
        client = BrokerClient(login, [topics.up(panel)])
        while not ended.is_set():
            if client.connected or client.connect():
                ready.set()
                for _topic, payload in client.read(0.05, 1):
                    client.publish(topics.down(panel), payload)
        client.close()

    thread = threading.Thread(target=run, name="echo", daemon=True)
    thread.start()
    ready.wait()
    try:
        yield
    finally:
        ended.set()
        thread.join()
