"""Whatever happens, a fault begins when its silence has lasted for its level and ends only when its path is heard."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heard_panel import IP, MOBILE, HeardPanel, Watch
from hemlarm_cloud.ingest import line_keeping
from hemlarm_cloud.ingest.levels import LEVELS_S
from hemlarm_cloud.store import StoreError

STEP_S = 15

Fault = tuple[str, int]

steps = st.lists(
    st.one_of(
        st.integers(1, 40),
        st.integers(400, 6_500),
        st.sampled_from(["ip", "ip", "mobile", "both", "restart", "deaf", "full", "replay"]),
        st.tuples(st.sampled_from(LEVELS_S), st.sampled_from(LEVELS_S)),
    ),
    max_size=30,
)


class Expected:
    """What lasts by the rules alone: times in ms on the steady clock."""

    def __init__(self, now_ms: int) -> None:
        self.levels = (180_000, 90_000_000)
        self.since_ms = now_ms
        self.heard: dict[int, int] = {IP: now_ms}
        self.lasting: set[Fault] = set()

    def silences(self) -> Iterator[tuple[Fault, int, int]]:
        """Each possible fault, when it was last heard about, and for how long it may be silent."""
        yield ("line-fault", 0), max(self.heard.values()), self.levels[0]
        for path, heard_ms in self.heard.items() if len(self.heard) > 1 else ():
            yield ("path-fault", path), heard_ms, max(self.levels)

    def look(self, now_ms: int) -> None:
        """Somebody looks who is silent."""
        for fault, heard_ms, level_ms in self.silences():
            if now_ms - max(heard_ms, self.since_ms) >= level_ms:
                self.lasting.add(fault)

    def hear(self, path: int, now_ms: int) -> None:
        """The panel is heard, now."""
        self.heard[path] = now_ms
        self.lasting -= {("line-fault", 0), ("path-fault", path)}


@given(steps)
@settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
def test_whatever_happens_exactly_the_right_faults_last(script: list[object]) -> None:
    watch = Watch()
    watch.connect()
    expected = Expected(watch.steady_ms)
    recorded: list[bytes] = []
    for step in [*script, "ip"]:
        play(step, watch, expected, recorded)
        assert watch.lasting() == sorted(expected.lasting)
    began = [(fault.kind, fault.path, fault.began_ms) for fault in watch.faults()]
    assert len(began) == len(set(began)) == len(watch.alerts())
    watch.store.close()


def play(step: object, watch: Watch, expected: Expected, recorded: list[bytes]) -> None:
    """Do one step with the real thing and the rules."""
    if isinstance(step, int):
        for _ in range(min(step, 40)):
            watch.pass_time(STEP_S * 1_000 * max(1, step // 40), STEP_S * 1_000 * max(1, step // 40))
            expected.look(watch.steady_ms)
    elif isinstance(step, tuple):
        with watch.store.begin() as tx:
            tx.set_levels(watch.panel.id, *step)
        watch.core.pump(watch.unix_ms)
        expected.levels = (1_000 * step[0], 1_000 * step[1])
    elif step in ("restart", "deaf"):
        watch.start_ingest() if step == "restart" else watch.core.listening(watch.unix_ms)
        expected.since_ms = watch.steady_ms
        if step == "restart":
            watch.connect()
            expected.hear(IP, watch.steady_ms)
    elif step == "replay":
        watch.give(*recorded)
    else:
        hear(str(step), watch, expected, recorded)


def hear(step: str, watch: Watch, expected: Expected, recorded: list[bytes]) -> None:
    """The panel is heard, on a store that may refuse to hear of it: then the next heartbeat tells."""
    paths = {"ip": [IP], "full": [IP], "mobile": [MOBILE], "both": [IP, MOBILE]}[step]
    if step == "full":
        watch.store.at_commit = refuse
        recorded.append(watch.panel.heartbeat())
        try:
            watch.give(recorded[-1])
        except StoreError:
            watch.skip(1)
        watch.store.at_commit = None
    for path in paths:
        recorded.append(watch.panel.heartbeat(path))
        watch.give(recorded[-1])
        expected.hear(path, watch.steady_ms)


def refuse(point: str) -> None:
    raise StoreError("disk full")


def test_of_many_panels_each_is_missed_at_its_own_time() -> None:
    panels = [HeardPanel(number) for number in range(1, 21)]
    watch = Watch(*panels)
    for panel in panels:
        watch.connect(panel)
        watch.pass_time(1_000)
    for order, panel in enumerate(panels):
        assert watch.lasting(panel) == []
        watch.pass_time(160_000 if order == 0 else 1_000, 1_000)
        assert watch.lasting(panel) == [("line-fault", 0)]


def test_an_outage_of_many_panels_is_told_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_keeping, "BEGIN_MAX", 5)
    panels = [HeardPanel(number) for number in range(1, 13)]
    watch = Watch(*panels)
    for panel in panels:
        watch.connect(panel)
    watch.skip(180_000)
    told = []
    for _ in range(4):
        watch.core.supervise(watch.unix_ms)
        told.append(len(watch.alerts()))
    assert told == [5, 10, 12, 12]
