"""What the demonstration makes of its traces, and what it shows of frames that nobody promised to be ours."""

import json

import pytest

from hemlarm_cloud.store import Event
from hemlarm_protocol import keys, sealing
from hemlarm_simulator.demo.figures import (
    Commits,
    describe_frame,
    duplicates,
    lost,
    measured_events,
    percentiles,
)
from hemlarm_simulator.ledger import Trace

KEY = keys.journal_key(bytes(32), bytes(8), bytes(16))
PANEL = "0011223344556677"
TRACES = [
    Trace("cause", 1_000, ()),
    Trace("event", 1_100, (7, 1130)),
    Trace("cause", 5_000, ()),
    Trace("event", 5_050, (8, 3130)),
    Trace("acknowledged", 3_000, (7,)),
]


def row(number: int) -> Event:
    return Event(PANEL, KEY.kid, number, bytes(8), bytes(64), 0, 0, 1130)


def committed(number: int, at_us: int) -> Commits:
    commits = Commits()
    frame = sealing.frame(KEY, sealing.seal_numbered(KEY, number, b"\x80"))
    commits.take(json.dumps({"committed_us": at_us, "up": [[PANEL, frame.hex()]], "down": []}))
    return commits


def test_an_events_times_start_at_its_own_cause() -> None:
    first, second = measured_events(TRACES, [row(7)], committed(7, 2_000), 0)
    assert (first.edge_ms, first.committed_ms, first.acked_ms, first.latency_ms) == (1.0, 2.0, 3.0, 2.0)
    assert (second.edge_ms, second.committed_ms, second.acked_ms, second.latency_ms) == (5.0, None, None, None)


def test_what_is_missing_and_what_is_there_twice_is_counted() -> None:
    events = measured_events(TRACES, [row(7)], Commits(), 0)
    assert lost(events, [row(7)]) == 1
    assert duplicates([row(7), row(7)]) == 1
    assert duplicates([row(7), row(8)]) == 0


def test_percentiles_are_of_the_nearest_rank() -> None:
    assert percentiles([float(value) for value in range(1, 101)]) == {"p50": 50.0, "p99": 99.0}
    with pytest.raises(ValueError, match="nothing was measured"):
        percentiles([])


def test_a_frame_shows_its_number_only_where_it_has_one() -> None:
    assert "no. 41 " in describe_frame(sealing.frame(KEY, sealing.seal_numbered(KEY, 41, b"\x80")))
    assert "no." not in describe_frame(sealing.frame(KEY, sealing.seal_random(KEY, bytes(13), b"\x80")))


@pytest.mark.parametrize("frame", [b"", b"\xff" * 5, b"\xff" * 68, b"\x06" * 2000])
def test_any_bytes_can_be_shown(frame: bytes) -> None:
    assert f"{len(frame)} B" in describe_frame(frame)
