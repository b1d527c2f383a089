"""Whatever the network and a listener do: every event is stored once in the end, and nothing old has an effect."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bad_network import BadNetwork

FAST = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])

ACTIONS = st.one_of(
    st.tuples(st.just("event"), st.integers(0, 7)),
    st.tuples(st.just("wait"), st.sampled_from([1, 30, 500, 3000, 12_000, 70_000])),
    st.tuples(
        st.sampled_from(
            ["reconnect", "reboot", "new_incarnation", "restart_cloud", "back_up", "restore", "command"]
            + ["replay", "corrupt", "noise"] * 2
        )
    ),
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
