"""What a run measured: every event with its number, size and three times, and the summary that follows from them."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from hemlarm_cloud.store import Event
from hemlarm_protocol import sealing
from hemlarm_protocol.keys import KID_BYTES
from hemlarm_simulator.ledger import Trace

_COUNTER = slice(KID_BYTES + 9, KID_BYTES + 13)
"""Where a frame carries its number in clear: behind the key id and the COSE header."""

_PARTIAL_IV = b"\x06"
"""The COSE header's label before that number; other frames carry 13 random bytes under label 5."""


@dataclass(frozen=True)
class MeasuredEvent:
    """One event. Times are milliseconds since the demonstration began; None: it never came so far."""

    seq: int
    code: int
    sealed_bytes: int | None
    edge_ms: float
    committed_ms: float | None
    acked_ms: float | None

    @property
    def latency_ms(self) -> float | None:
        """From the causing input to the acknowledgement verified at the panel."""
        return None if self.acked_ms is None else round(self.acked_ms - self.edge_ms, 3)


@dataclass(frozen=True)
class Figures:
    """All that a demonstration says at its end; the field names are those of `--json`."""

    events: list[MeasuredEvent]
    lost: int
    duplicates: int
    heap_bytes: int
    heap_free_bytes: int
    latency_ms: dict[str, float]
    round_trip_ms: dict[str, float]

    @property
    def ratio(self) -> float:
        """Median latency over the median of the floor."""
        return round(self.latency_ms["p50"] / self.round_trip_ms["p50"], 2)

    @property
    def passed(self) -> bool:
        """Whether every event arrived once, acknowledged, in the one size."""
        sizes = {event.sealed_bytes for event in self.events}
        arrived = all(event.acked_ms is not None and event.committed_ms is not None for event in self.events)
        return arrived and sizes == {sealing.SIZES[0]} and not self.lost and not self.duplicates

    def to_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {**asdict(self), "ratio": self.ratio}


class Seen(NamedTuple):
    """One frame as the broker sees it: which way ("up" or "down"), from or to which panel, and its bytes."""

    way: str
    panel: str
    frame: bytes


class Commits:
    """When each frame was committed, from the lines that the ingest prints."""

    def __init__(self) -> None:
        self.first_us: dict[tuple[bytes, int], int] = {}

    def take(self, line: str) -> list[Seen]:
        """Read one line; returns the frames in it."""
        group = json.loads(line)
        seen = [Seen(way, panel, bytes.fromhex(frame)) for way in ("up", "down") for panel, frame in group[way]]
        for way, _panel, frame in seen:
            if way == "up":
                self.first_us.setdefault(frame_number(frame), group["committed_us"])
        return seen


def frame_number(frame: bytes) -> tuple[bytes, int]:
    """Return the key id and the number that a frame shows to anybody."""
    return frame[:KID_BYTES], int.from_bytes(frame[_COUNTER], "big")


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """Return the median and the 99th percentile, by nearest rank. Raises ValueError without values."""
    if not values:
        raise ValueError("nothing was measured")
    ordered = sorted(values)
    return {name: round(ordered[(len(ordered) - 1) * rank // 100], 3) for name, rank in (("p50", 50), ("p99", 99))}


def measured_events(
    traces: Iterable[Trace], stored: Iterable[Event], commits: Commits, began_us: int
) -> list[MeasuredEvent]:
    """Put together what panel, ingest and store know of each event, in the order of their numbers."""
    rows = {event.number: event for event in stored}
    acked = {trace.values[0]: trace.at_us for trace in traces if trace.what == "acknowledged"}
    events: list[MeasuredEvent] = []
    cause_us = began_us
    for trace in traces:
        if trace.what == "cause":
            cause_us = trace.at_us
        elif trace.what == "event":
            number, code = trace.values
            row = rows.get(number)
            committed_us = commits.first_us.get((row.kid, number)) if row else None
            sizes = len(row.sealed) if row else None
            times = [
                None if us is None else (us - began_us) / 1000 for us in (cause_us, committed_us, acked.get(number))
            ]
            events.append(MeasuredEvent(number, code, sizes, times[0] or 0.0, times[1], times[2]))
    return sorted(events, key=lambda event: event.seq)


def duplicates(stored: Sequence[Event]) -> int:
    """Return how many stored rows say again what another says."""
    return len(stored) - len({(event.kid, event.number) for event in stored})


def lost(events: Iterable[MeasuredEvent], stored: Iterable[Event]) -> int:
    """Return how many journalled events the store lacks."""
    return len({event.seq for event in events} - {event.number for event in stored})


def describe_frame(frame: bytes) -> str:
    """Return what anyone on the way can tell of a frame: key id, number, size, and bytes that say nothing."""
    kid, number = frame_number(frame)
    counted = frame[_COUNTER.start - 2 : _COUNTER.start - 1] == _PARTIAL_IV
    shown = f"no. {number:<4}" if counted else "        "
    return f"key {kid.hex()} {shown} {len(frame):>4} B  {frame[-24:].hex()}"
