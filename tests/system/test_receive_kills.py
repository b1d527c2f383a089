"""A receiver that is killed at any moment has stored all that it acknowledged, and what comes again is stored once."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from hemlarm_cloud.store import Store
from hemlarm_cloud.trade import dc09
from receive_support import add_account, events

HERE = Path(__file__).parent
ACCOUNTS = ("1111", "2222", "3333")
KILLS = 8


@contextmanager
def receiver(url: str) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """A receiver's process and its port."""
    paths = os.pathsep.join(str(HERE.parent / folder) for folder in (".", "host", "shared", "system"))
    process = subprocess.Popen(
        [sys.executable, str(HERE / "receiver_program.py"), url],
        env=os.environ | {"PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process, int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


class Transmitter:
    """Sends one event after the other, and each until it is acknowledged."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.sequence = 1
        self.acknowledged: list[int] = []
        self._line: socket.socket | None = None

    def send(self, port: int) -> None:
        """Send the next event, without waiting for what is said to it. Raises OSError."""
        if self._line is None:
            self._line = socket.create_connection(("127.0.0.1", port), 10)
        data = f"#{self.account}|1130 01 {self.sequence:03}"
        self._line.sendall(dc09.Frame(dc09.ADM_CID, self.sequence, self.account, data).pack())

    def hear(self) -> bool:
        """Take the acknowledgement; returns whether there was one."""
        try:
            said = self._line.recv(4_096) if self._line else b""
        except OSError:
            said = b""
        if not said:
            self.hang_up()
            return False
        answer = dc09.parse(said)
        assert (answer.kind, answer.sequence) == (dc09.ACK, self.sequence)
        self.acknowledged.append(self.sequence)
        self.sequence += 1
        return True

    def hang_up(self) -> None:
        """The line is dead."""
        if self._line:
            self._line.close()
        self._line = None


def test_whatever_a_killed_receiver_acknowledged_is_stored_exactly_once(store: Store, store_url: str) -> None:
    chance = Random(6)
    for account in ACCOUNTS:
        add_account(store, f"dc09:{account}", None)
    transmitters = [Transmitter(account) for account in ACCOUNTS]
    for _ in range(KILLS):
        with receiver(store_url) as (process, port):
            for _ in range(chance.randrange(1, 12)):
                for each in transmitters:
                    each.send(port)
                assert all(each.hear() for each in transmitters)
            # What is under way now is stored or not; only an acknowledgement says which.
            for each in transmitters:
                each.send(port)
            heard = chance.randrange(3)
            assert all(each.hear() for each in transmitters[:heard])
            process.send_signal(signal.SIGKILL)
            for each in transmitters[heard:]:
                each.hear()
        for each in transmitters:
            each.hang_up()
        stored = {(event.transmitter, event.zone) for event in events(store)}
        assert stored >= {(f"dc09:{each.account}", zone) for each in transmitters for zone in each.acknowledged}
    with receiver(store_url) as (_, port):
        for each in transmitters:
            each.send(port)
            assert each.hear()
            each.hang_up()
    told = [(event.transmitter, event.zone) for event in events(store)]
    assert sorted(told) == sorted((f"dc09:{each.account}", zone) for each in transmitters for zone in each.acknowledged)
