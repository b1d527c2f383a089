"""A cloud that somebody broke into: whatever it says, without a code a limited house neither disarms nor unlocks."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hemlarm_firmware.panel import config, config_edit, inputs
from hemlarm_protocol.household import LOCKED
from panel_house import ANNA, CODE, OTHER_CODE, House

FAST = settings(max_examples=80, deadline=None, derandomize=True)
DOOR = 1

CODES = st.sampled_from(["", "0000", "9999", "123", "1235", "\xff\xff\xff\xff"]) | st.text("0123456789", max_size=7)
GUESSES = CODES.filter(lambda code: code not in (CODE, OTHER_CODE))
COMMANDS = st.tuples(
    st.just("command"), st.integers(0, 18), st.sampled_from([0, 1, 2, 3, 4, 7, 999]), st.integers(0, 3), GUESSES
)
FIELDS = st.dictionaries(
    st.sampled_from(
        ["remote_disarm", "remote_unlock", "language", "role", "hash", "type", "bypass", "home", "entry_s"]
    ),
    st.sampled_from(["always", "never", "code", None, "master", "follower", "en", b"h" * 32, True, False, 0, 300]),
    min_size=1,
    max_size=2,
)
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["panel", "areas", "zones", "users", "outputs"]), st.integers(0, 3), st.none() | FIELDS
    ).map(list),
    min_size=1,
    max_size=2,
)
CHANGES = st.tuples(st.just("change"), EDITS)
TIMES = st.tuples(st.just("clock"), st.integers(1, 1 << 31)) | st.tuples(st.just("passes"), st.integers(0, 200_000))
LIMITS = st.sampled_from(["code", "never"])


def limited(disarm: str, unlock: str) -> House:
    """A house that is armed and locked."""
    house = House(remote_disarm=disarm, remote_unlock=unlock, outputs=[{"number": DOOR, "kind": "lock"}])
    house.says(inputs.LOCK, DOOR, LOCKED)
    house.arms()
    return house


def change(house: House, edits: Any) -> None:
    """Let the cloud change the configuration, as the firmware does it."""
    try:
        _, changed = config_edit.decide(house.config, house.config.get("revision", 0), edits)
        assert changed is not None
        config.check(changed)
    except config.ConfigError:
        return
    house.takes_over(**{str(name): value for name, value in changed.items()})


def obey(house: House, said: Any) -> None:
    """Give the panel one thing that the cloud may say."""
    if said[0] == "change":
        change(house, said[1])
    elif said[0] == "passes":
        house.passes(said[1])
    else:
        for output in house.panel.handle(said, house.now):
            house._take([output]) if output[0] == "show" else house.heard.append(output)
        house.saved = house.panel.snapshot()


@FAST
@given(LIMITS, LIMITS, st.lists(COMMANDS | CHANGES | TIMES, max_size=25))
def test_no_sequence_of_what_a_cloud_says_without_a_code_disarms_or_unlocks(
    disarm: str, unlock: str, sayings: list[Any]
) -> None:
    house = limited(disarm, unlock)
    for said in sayings:
        obey(house, said)
        assert house.panel.area_status(1) % 16 == 2
        assert not [zone for zone in house.panel.site.zones if zone.bypassed]
        assert ("show", "lock", (DOOR, False)) not in house.heard
        assert house.panel.remote_limits[0] != "always"
        assert house.panel.remote_limits[1] != "always"
    house.opens(3)
    house.passes(300_000)
    assert (1130, 3) in house.events() or (1131, 3) in house.events()


@FAST
@given(LIMITS, st.lists(COMMANDS | TIMES, max_size=15))
def test_a_right_code_still_disarms_when_the_lock_is_over(unlock: str, sayings: list[Any]) -> None:
    house = limited("code", unlock)
    for said in sayings:
        obey(house, said)
    house.passes(24 * 60_000)
    outputs = house.panel.handle(("command", inputs.VERB_DISARM, 1, ANNA, CODE), house.now)
    assert outputs[-1] == ("result", inputs.DONE, 0)
