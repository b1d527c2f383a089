"""Forwarding at bad moments: killed again and again, and with a fire behind a long queue."""

import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

from forward_running import DONE_S, Receiver, forwarding, honest_dc09, receiver, wait_until
from forward_support import DC09_WISH, KEY, Town, add_destination, states
from hemlarm_cloud.store import Store
from hemlarm_cloud.trade import dc09
from hemlarm_cloud.trade.dc09 import Frame

KILLS = 5
EVENTS = 400
PROGRAM = Path(__file__).with_name("forward_program.py")


def frames(taken: Receiver) -> list[Frame]:
    """The events that a receiver took, repetitions too."""
    found = [dc09.parse(data, KEY) for data in taken.taken]
    return [frame for frame in found if frame.kind == dc09.ADM_CID]


def slow(data: bytes, line: object) -> bytes:
    """An honest receiver that takes its time."""
    threading.Event().wait(0.005)
    return honest_dc09(data, line)  # type: ignore[arg-type]


def test_killed_at_any_moment_it_loses_nothing_and_repeats_under_the_same_number(
    store: Store, store_url: str, receiver: Receiver
) -> None:
    receiver.answer = receiver.recording(slow)
    town = Town(store)
    wish = replace(DC09_WISH, primary_address=f"127.0.0.1:{receiver.port}")
    site = town.site(add_destination(store, wish))
    town.signals(site, [(1130, number) for number in range(EVENTS)])
    path = os.pathsep.join(sys.path)
    for kill in range(KILLS):
        program = subprocess.Popen(
            [sys.executable, str(PROGRAM), store_url], stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": path}
        )
        wanted = (kill + 1) * EVENTS // (KILLS + 2)
        wait_until(lambda wanted=wanted: len(frames(receiver)) >= wanted)  # type: ignore[misc]
        program.kill()
        program.communicate(timeout=DONE_S)
    with forwarding(store):
        wait_until(lambda: {state for _, state in states(store)} == {"sent"})
    told = [(frame.sequence, frame.data) for frame in frames(receiver)]
    first_seen = list(dict.fromkeys(told))
    assert [data[-3:] for _, data in first_seen] == [f"{number:03}" for number in range(EVENTS)]
    assert len({sequence for sequence, _ in first_seen}) == EVENTS
    assert len(told) - EVENTS <= KILLS


def test_a_fire_does_not_wait_for_what_was_queued_before_it(store: Store, receiver: Receiver) -> None:
    receiver.answer = receiver.recording(slow)
    town = Town(store)
    to = add_destination(store, replace(DC09_WISH, primary_address=f"127.0.0.1:{receiver.port}"))
    for _ in range(10):
        town.signals(town.site(to), [(1301, 1)] * 60)
    burning = town.site(to, "F1FE")
    with forwarding(store):
        wait_until(lambda: len(receiver.taken) >= 20)
        before = len(receiver.taken)
        town.signal(burning, 1110)
        wait_until(lambda: any(frame.account == "F1FE" for frame in frames(receiver)))
        at = next(at for at, data in enumerate(receiver.taken) if dc09.parse(data, KEY).account == "F1FE")
    assert at - before < 200
    assert len(frames(receiver)) < 500


__all__ = ["receiver"]
