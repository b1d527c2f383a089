"""Plays many schedules in several processes. What comes out does not depend on how many there are."""

import multiprocessing
import os
import resource
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.queues import Queue
from typing import Any

from hemlarm_simulator.explore import chances
from hemlarm_simulator.explore.run import Outcome, Run
from hemlarm_simulator.launch import ForkServer

Played = tuple[int, Outcome]
Progress = Callable[[Outcome], None]


class WorkerError(Exception):
    """A process that plays schedules ended before its work; the text says why, as far as it did."""


@dataclass(frozen=True)
class Batch:
    """The outcomes in the order of their seeds, and the processor time of it all in s."""

    outcomes: tuple[Outcome, ...]
    cpu_s: float


def play_all(seeds: Sequence[int], processes: int, progress: Progress) -> Batch:
    """Plays the schedules of these seeds. `progress` is told of each that is over, in any order. Raises WorkerError."""
    if processes == 1:
        return _play_here(seeds, "", progress)
    return _play_apart(seeds, min(processes, len(seeds)), progress)


def play_until_broken(seeds: Sequence[int], bug: str, progress: Progress) -> Batch:
    """Plays them one after the other with that bug planted, and stops when a promise is broken."""
    return _play_here(seeds, bug, progress, until_broken=True)


@contextmanager
def pinned(index: int) -> Iterator[None]:
    """Keeps this process and all that it starts on one core: world and firmware take turns, so two cores only cost."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[index % len(cores)]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def _play(server: ForkServer, seed: int, bug: str, progress: Progress) -> Outcome:
    outcome = Run(chances.schedule(seed, bug)).play(server)
    progress(outcome)
    return outcome


def _play_here(seeds: Sequence[int], bug: str, progress: Progress, until_broken: bool = False) -> Batch:
    before_s = _cpu_s()
    outcomes: list[Outcome] = []
    with pinned(0), ForkServer() as server:
        for seed in seeds:
            outcomes.append(_play(server, seed, bug, progress))
            if until_broken and outcomes[-1].broken:
                break
    return Batch(tuple(outcomes), _cpu_s() - before_s)


def _play_apart(seeds: Sequence[int], processes: int, progress: Progress) -> Batch:
    # Not forked: whoever shows a progress bar has threads.
    context = multiprocessing.get_context("spawn")
    todo: Queue[Any] = context.Queue()
    done: Queue[Any] = context.Queue()
    for index, seed in enumerate(seeds):
        todo.put((index, seed))
    workers = [context.Process(target=_work, args=(index, todo, done)) for index in range(processes)]
    for worker in workers:
        todo.put(None)
        worker.start()
    try:
        return _collect(len(seeds), processes, done, progress)
    finally:
        for worker in workers:
            worker.terminate() if worker.exitcode is None else None
            worker.join()


def _collect(count: int, processes: int, done: "Queue[Any]", progress: Progress) -> Batch:
    outcomes: dict[int, Outcome] = {}
    cpu_s = 0.0
    ended = 0
    while ended < processes:
        kind, value = done.get()
        if kind == "played":
            outcomes[value[0]] = value[1]
            progress(value[1])
        elif kind == "ended":
            cpu_s += value
            ended += 1
        else:
            raise WorkerError(value)
    return Batch(tuple(outcomes[index] for index in range(count)), cpu_s)


def _work(index: int, todo: "Queue[Any]", done: "Queue[Any]") -> None:
    try:
        with pinned(index), ForkServer() as server:
            while (task := todo.get()) is not None:
                done.put(("played", (task[0], _play(server, task[1], "", lambda _outcome: None))))
    except BaseException as error:
        done.put(("failed", f"{type(error).__name__}: {error}"))
        raise
    done.put(("ended", _cpu_s()))


def _cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)
