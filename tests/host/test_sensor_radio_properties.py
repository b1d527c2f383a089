"""Whatever gets lost, whenever either end starts again: the panel ends up with the truth, and missed no onset."""

from hypothesis import given, settings
from hypothesis import strategies as st

from hemlarm_protocol import sensor_frames as frames
from sensor_air import DOOR, Air, never

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("turns"), st.integers(0, frames.FLAGS)),
        st.tuples(st.just("passes"), st.sampled_from([1, 10, 400, 10_000, 600_000])),
        st.tuples(st.just("loses"), st.integers(0, 3)),
        st.tuples(st.just("restarts_panel"), st.just(0)),
        st.tuples(st.just("restarts_sensor"), st.just(0)),
        st.tuples(st.just("replays"), st.integers(0, 1000)),
    ),
    max_size=40,
)


class Story(Air):
    """Plays the steps. `untold` are the flags that became true and that the panel has not heard since."""

    def __init__(self, seed: int) -> None:
        self.flags = self.untold = 0
        self.arrived: list[bytes] = []
        super().__init__(seed=seed)

    def turns(self, flags: int) -> None:
        self.untold |= flags & ~self.flags
        self.flags = flags
        self.becomes(flags)

    def loses(self, level: int) -> None:
        self.loses_report = lambda index: (index * 7919 + level) % 4 < level
        self.loses_answer = lambda index: (index * 104729 + level) % 4 < level

    def restarts_panel(self, _: int) -> None:
        self.starts_panel()

    def restarts_sensor(self, _: int) -> None:
        """A new battery: what was not told yet is forgotten, the state is measured anew."""
        self.untold = 0
        self.starts_sensor()
        self.becomes(self.flags)

    def replays(self, which: int) -> None:
        """Whatever has reached the panel once has no effect when it does so again."""
        if self.arrived:
            frame = self.arrived[which % len(self.arrived)]
            assert self.receiver.received(frame, self.now_ms) is None
            self.receiver.replies = []

    def reaches_panel(self, frame: bytes) -> None:
        before = len(self.heard)
        self.arrived.append(frame)
        super().reaches_panel(frame)
        for _, flags, _ in self.heard[before:]:
            self.untold &= ~flags


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.integers(1, 1000), STEPS)
def test_the_panel_ends_up_with_the_truth_and_misses_no_onset(seed: int, steps: list[tuple[str, int]]) -> None:
    story = Story(seed)
    for name, argument in steps:
        getattr(story, name)(argument)
    story.loses_report = story.loses_answer = never
    story.passes(2_000_000)
    assert story.heard[-1] == (1, story.flags, None)
    assert not story.untold
    by_counter: dict[bytes, bytes] = {}
    for _, frame in story.reports:
        assert by_counter.setdefault(frame[9:13], frame) == frame, "one counter, two texts"
    assert len(story.heard) <= len(set(story.arrived)), "no report has two effects"


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.binary(max_size=40), st.booleans())
def test_no_bytes_that_the_sensor_did_not_seal_are_believed(noise: bytes, addressed: bool) -> None:
    air = Air(seed=3).settled()
    frame = (b"\x11" + DOOR + noise + bytes(24))[:24] if addressed else noise
    assert air.receiver.received(frame, 0) is None
    assert air.receiver.replies == []
