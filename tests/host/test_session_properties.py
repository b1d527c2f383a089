"""Whatever the network and a listener do: every event is stored once in the end, and nothing old has an effect."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bad_network import CLOUD, LISTENER, WAITS_MS, BadNetwork

FAST = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])

ACTIONS = st.one_of(
    st.tuples(st.just("event"), st.integers(0, 7)),
    st.tuples(st.just("wait"), st.sampled_from(WAITS_MS)),
    st.tuples(st.sampled_from(("reconnect", "reboot", "new_incarnation", "command", *CLOUD, *LISTENER))),
)


@FAST
@given(seed=st.integers(0, 1 << 32), weather=st.sampled_from([0, 10, 40]), actions=st.lists(ACTIONS, max_size=40))
def test_after_any_weather_the_store_holds_every_event_once(
    seed: int, weather: int, actions: list[tuple[str] | tuple[str, int]]
) -> None:
    world = BadNetwork(seed, weather)
    for name, *arguments in actions:
        getattr(world, name)(*arguments)
    world.calm()


@pytest.mark.parametrize("weather", [0, 10, 30, 60])
def test_in_long_runs_too(weather: int) -> None:
    for seed in range(25):
        world = BadNetwork(100 * weather + seed, weather)
        try:
            for _ in range(120):
                world.anything()
            world.calm()
        except AssertionError as failure:
            raise AssertionError(f"seed {seed}, weather {weather}: {failure}") from failure


@pytest.mark.parametrize("round_trip_ms", [1000, 4000, 8000])
def test_a_line_that_turns_slow_still_carries_everything(round_trip_ms: int) -> None:
    world = BadNetwork(1, 0)
    world.wait(5000)
    world.latency_ms = round_trip_ms // 2
    for _ in range(20):
        world.event(4)
        world.wait(700)
    world.wait(120_000)
    world.calm()


def test_a_slow_line_is_not_flooded() -> None:
    world = BadNetwork(1, 0)
    world.wait(5000)
    world.latency_ms = 2000
    for _ in range(10):
        world.event(4)
        world.wait(4500)
    before = world.order
    for _ in range(20):
        world.event(4)
        world.wait(6000)
    assert world.order - before <= 20 * 2 + 12, "an event and its acknowledgement, and now and then a heartbeat"


def test_a_listener_alone_cannot_end_a_session_that_lives() -> None:
    world = BadNetwork(1, 0)
    for _ in range(3):
        world.event(2)
        world.reconnect()
        world.command()
        world.wait(10_000)
    session = world.cloud.end.hello
    knock_free = [frame for frame in world.recorded if frame[:4] != world.panel.end._knock_key.kid]
    world.recorded = knock_free
    for _ in range(300):
        getattr(world, LISTENER[world.chance.below(len(LISTENER))])()
        world.wait(200)
    assert world.cloud.end.hello is session
