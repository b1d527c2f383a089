"""The panel's figures: how long an input takes, what a code costs, and what a day leaves of the heap."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from hemlarm_simulator import ordinary_day
from hemlarm_simulator.bench.crowded_house import crowded_house
from hemlarm_simulator.bench.flash import flash_start, flash_wear
from hemlarm_simulator.bench.result import Details, Result
from hemlarm_simulator.board_link import BoardLink
from hemlarm_simulator.chance import Chance
from hemlarm_simulator.description import HouseDescription, load_house
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.simulated_panel import VIRTUAL_HEAP

Progress = Callable[[float], None]

_SCRIPT = Path(__file__).parents[3] / "bench" / "panel_core.py"
_LIMIT_S = 120.0
_RUNS = 3
_SALT_BYTES = 16
_HEAP = "512k"
"""Beside the firmware lie the script itself, from source, and the sensors' ends of the radio."""

_NS_PER_US = 1000
_BATCH = 100
"""Unchanged samples that the script times at once."""


class BenchError(Exception):
    """A figure could not be taken; the text says why."""


@dataclass
class CoreFigures:
    """What `bench/panel_core.py` found in one house: ns of inputs by phase and kind, bytes by kind, floors in ns."""

    times: dict[str, dict[str, list[float]]]
    allocated: dict[str, list[int]]
    floor: float = 0
    hash_floor: float = 0

    def day(self) -> list[float]:
        """All that came in on the day, whatever it was."""
        return [value for values in self.times["day"].values() for value in values]

    def of(self, kind: str) -> list[float]:
        """All inputs of a kind."""
        return [value for phase in ("day", "times") for value in self.times.get(phase, {}).get(kind, [])]


def panel_input(server: ForkServer, progress: Progress) -> Result:
    """The 95th percentile of the inputs of a day in the big villa; beside it, each kind there and in a full house."""
    big_villa, full = load_house("big-villa"), crowded_house()
    villa = quickest_of(_RUNS, server, big_villa, lambda done: progress(done / 2))
    crowded = quickest_of(_RUNS, server, full, lambda done: progress((1 + done) / 2))
    details = {
        f"{house}: {kind}": detail
        for house, figures in (("big villa", villa), (f"{len(full.sensors)} zones", crowded))
        for kind, detail in _details(figures).items()
    }
    value = percentile(villa.day(), 95)
    return Result("us", _us(value), _us(villa.floor), "a call that takes a tuple and returns a list", details)


def panel_code(server: ForkServer, progress: Progress) -> Result:
    """The median of a right code at the keypad; the floor is the SHA-256 digests that it costs, and nothing else."""
    figures = quickest_of(_RUNS, server, load_house("big-villa"), progress)
    names = ("right code", "wrong code", "tag", "menu opens")
    details = {name: _detail(figures.of(name), None, figures.hash_floor) for name in names}
    value = percentile(figures.of("right code"), 50)
    return Result("us", _us(value), _us(figures.hash_floor), "the digests of one slow hash, alone", details)


def panel_heap(server: ForkServer, progress: Progress) -> Result:
    """What is in use in the last quarter of an ordinary day; the floor is what is in use in its second quarter."""
    day = ordinary_day.live(server, progress)
    total = 1024 * int(VIRTUAL_HEAP.removesuffix("k"))
    used = [[total - free for free in quarter] for quarter in day.quarters()]
    details: Details = {
        f"quarter {number}": {"median": float(median(quarter)), "max": float(max(quarter))}
        for number, quarter in enumerate(used, 1)
    }
    return Result(
        "bytes", float(median(used[-1])), float(median(used[1])), "the second quarter of the same day", details
    )


BENCHES: dict[str, Callable[[ForkServer, Progress], Result]] = {
    "panel-input": panel_input,
    "panel-code": panel_code,
    "panel-heap": panel_heap,
    "flash": flash_wear,
    "flash-start": flash_start,
}


def quickest_of(runs: int, server: ForkServer, house: HouseDescription, progress: Progress) -> CoreFigures:
    """Each input's shortest time of several runs, which keeps out what other programs took from the processor.

    Every run is the same to the byte, so an input that has a collection of garbage to bear has it in all of them.
    Raises BenchError.
    """
    best = measure_core(server, house, lambda done: progress(done / runs))
    for run in range(1, runs):
        again = measure_core(server, house, lambda done, run=run: progress((run + done) / runs))  # type: ignore[misc]
        for phase, kinds in best.times.items():
            for kind, values in kinds.items():
                values[:] = [min(both) for both in zip(values, again.times[phase][kind], strict=True)]
        best.floor = min(best.floor, again.floor)
        best.hash_floor = min(best.hash_floor, again.hash_floor)
    return best


def measure_core(server: ForkServer, house: HouseDescription, progress: Progress) -> CoreFigures:
    """Runs the measuring script with this house, whose first user must be a master with a tag. Raises BenchError."""
    if not _SCRIPT.is_file():
        raise BenchError(f"{_SCRIPT} is missing: figures are taken in a checkout of the repository, not in a wheel")
    user = house.users[0]
    config = house.panel_config(Chance(1, "code salt")(_SALT_BYTES))
    process = server.start(server.firmware.program(_SCRIPT), _HEAP, server.firmware.search_path(virtual=False))
    try:
        link = BoardLink(process.stream, _LIMIT_S)
        link.send(["measure", {"config": config, "code": user.code, "tag": user.tags[0]}])
        return _receive(link, progress)
    except Exception as error:
        raise BenchError(f"{house.title}: {error}\n{process.log()}") from error
    finally:
        process.close()


def percentile(values: Sequence[float], rank: int) -> float:
    """The percentile, by nearest rank."""
    return sorted(values)[(len(values) - 1) * rank // 100]


def _receive(link: BoardLink, progress: Progress) -> CoreFigures:
    figures = CoreFigures({}, {})
    while (frame := link.receive())[0] != "floors":
        if frame[0] == "progress":
            progress(frame[1] / frame[2])
        elif frame[1] == "bytes":
            figures.allocated.setdefault(frame[2], []).extend(_integers(frame[3]))
        else:
            batch = _BATCH if frame[2].startswith("unchanged") else 1
            values = (us * _NS_PER_US / batch for us in _integers(frame[3]))
            figures.times.setdefault(frame[1], {}).setdefault(frame[2], []).extend(values)
    figures.floor, figures.hash_floor, batch = frame[1:]
    assert batch == _BATCH
    return figures


def _integers(data: bytes) -> list[int]:
    return list(array("I", data))


def _details(figures: CoreFigures) -> dict[str, dict[str, float | None]]:
    details = {"a day": _detail(figures.day(), None, figures.floor)}
    for kind in sorted(figures.times["times"]):
        allocated = figures.allocated.get(kind)
        details[kind] = _detail(figures.of(kind), median(allocated) if allocated else None, figures.floor)
    return details


def _detail(values: Sequence[float], allocated: float | None, floor: float) -> dict[str, float | None]:
    p95 = percentile(values, 95)
    return {
        "count": len(values),
        "p50": _us(percentile(values, 50)),
        "p95": _us(p95),
        "max": _us(max(values)),
        "ratio": round(p95 / floor, 1),
        "bytes": allocated,
    }


def _us(ns: float) -> float:
    return round(ns / _NS_PER_US, 3)
