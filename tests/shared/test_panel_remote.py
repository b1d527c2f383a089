"""What a house allows from afar: limits, codes, one lock for keypad and cloud, duress; and changes from the cloud."""

from hemlarm_firmware.panel import commands, config, config_edit, inputs
from hemlarm_protocol import message_names
from hemlarm_protocol.household import LOCKED, UNLOCKED
from panel_house import ANNA, BO, CODE, OTHER_CODE, SALT, WINDOW, WRONG_CODE, House, plain_config, quick_hash
from support import raises

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DURESS = "4321"
DONE, REFUSED = 0, 1
NEVER, NEEDED, WRONG, LOCKED_OUT, NOT_PERMITTED = 1, 2, 3, 4, 5
DOOR = 1
ALWAYS = {"remote_disarm": "always", "remote_unlock": "always"}


def limited(**limits: str) -> House:
    """A house with a lock, whose user 1 has a duress code; limited to codes unless said otherwise."""
    house = House()
    house.config.update(
        {"remote_disarm": "code", "remote_unlock": "code", "outputs": [{"number": DOOR, "kind": "lock"}]}
    )
    house.config.update(limits)
    house.config["users"][0]["duress"] = quick_hash(DURESS, SALT)
    house.start()
    house.says(inputs.LOCK, DOOR, LOCKED)
    house.forget()
    return house


def ask(house: House, verb: int, argument: int = 1, code: str = "", user: int = BO) -> "tuple[int, int]":
    """A command with a code; returns its status and detail."""
    outputs = house.panel.handle(("command", verb, argument, user, code), house.now)
    house._take(outputs)
    return outputs[-1][1], outputs[-1][2]


def armed(**limits: str) -> House:
    house = limited(**limits)
    house.arms()
    return house


def is_armed(house: House) -> bool:
    return house.panel.area_status(1) % 16 == 2


def test_the_reasons_are_those_of_the_protocol() -> None:
    reasons = [commands.NOT_FROM_AFAR, commands.CODE_NEEDED, commands.WRONG_CODE, commands.LOCKED_OUT]
    assert sorted(reasons + [commands.NOT_PERMITTED]) == sorted(message_names.REFUSALS)


def test_without_limits_a_command_needs_no_code() -> None:
    house = armed(**ALWAYS)
    assert ask(house, inputs.VERB_DISARM) == (DONE, 0)
    assert ask(house, inputs.VERB_UNLOCK, DOOR) == (DONE, 0)


def test_by_default_only_unlocking_needs_a_code() -> None:
    house = House(outputs=[{"number": DOOR, "kind": "lock"}])
    house.arms()
    assert ask(house, inputs.VERB_UNLOCK, DOOR) == (REFUSED, NEEDED)
    assert ask(house, inputs.VERB_DISARM) == (DONE, 0)


def test_what_weakens_needs_a_code_and_what_does_not_needs_none() -> None:
    house = armed()
    for verb, argument in ((inputs.VERB_DISARM, 1), (inputs.VERB_BYPASS, WINDOW), (inputs.VERB_UNLOCK, DOOR)):
        assert ask(house, verb, argument) == (REFUSED, NEEDED)
    assert ask(house, inputs.VERB_WALK_TEST, 1) == (REFUSED, NEEDED)
    assert house.events() == [] and is_armed(house)
    for verb, argument in ((inputs.VERB_UNBYPASS, WINDOW), (inputs.VERB_SILENCE, 1), (inputs.VERB_LOCK, DOOR)):
        assert ask(house, verb, argument)[0] == DONE
    assert ask(house, inputs.VERB_WALK_TEST, 0) == (DONE, 0)


def test_a_code_disarms_and_unlocks_for_whoever_it_is() -> None:
    house = armed()
    assert ask(house, inputs.VERB_DISARM, code=CODE, user=BO) == (DONE, 0)
    assert ask(house, inputs.VERB_UNLOCK, DOOR, code=OTHER_CODE, user=ANNA) == (DONE, 0)
    house.says(inputs.LOCK, DOOR, UNLOCKED)
    assert house.full_events() == [(1401, 1, 0, ANNA, 2, 0), (1422, 0, DOOR, BO, 2, 0)]


def test_under_never_no_code_helps_and_none_is_even_looked_at() -> None:
    house = armed(remote_disarm="never", remote_unlock="never")
    for _ in range(5):
        for code in ("", CODE, WRONG_CODE):
            assert ask(house, inputs.VERB_DISARM, code=code) == (REFUSED, NEVER)
            assert ask(house, inputs.VERB_UNLOCK, DOOR, code=code) == (REFUSED, NEVER)
    assert house.events() == [] and is_armed(house)


def test_wrong_codes_lock_the_cloud_and_the_keypad_together() -> None:
    house = armed()
    assert ask(house, inputs.VERB_DISARM, code=WRONG_CODE) == (REFUSED, WRONG)
    house.keys(WRONG_CODE, "disarm")
    assert house.events() == []
    assert ask(house, inputs.VERB_UNLOCK, DOOR, code=WRONG_CODE) == (REFUSED, WRONG)
    assert house.full_events() == [(1461, 0, 0, 0, 2, 1)]
    assert ask(house, inputs.VERB_DISARM, code=CODE) == (REFUSED, LOCKED_OUT)
    house.keys(CODE, "disarm")
    assert is_armed(house)
    house.restart()
    assert ask(house, inputs.VERB_DISARM, code=CODE) == (REFUSED, LOCKED_OUT), "a restart does not help"
    house.passes(90_000)
    assert ask(house, inputs.VERB_DISARM, code=CODE) == (DONE, 0)


def test_what_is_no_code_counts_as_a_wrong_one() -> None:
    for code in ("\x00\xff\x00\xff", "12", "1234567", "abcd", "12 4"):
        house = armed()
        assert ask(house, inputs.VERB_DISARM, code=code) == (REFUSED, WRONG)
        assert house.panel.keypad.snapshot()["wrong"] == 1


def test_a_duress_code_does_all_and_is_told_and_nothing_else_tells_it_apart() -> None:
    for verb, argument in ((inputs.VERB_DISARM, 1), (inputs.VERB_UNLOCK, DOOR), (inputs.VERB_BYPASS, WINDOW)):
        one, other = limited(), limited()
        if verb == inputs.VERB_DISARM:
            one.arms()
            other.arms()
        answers = ask(one, verb, argument, CODE), ask(other, verb, argument, DURESS)
        assert answers[0] == answers[1] == (DONE, 0)
        assert one.shown == other.shown
        told = [event for event in other.full_events() if event[0] == 1121]
        assert told == [(1121, 1, 0, ANNA, 2, 0)]
        assert [event for event in other.full_events() if event[0] != 1121] == one.full_events()


def test_a_duress_code_that_is_refused_is_told_all_the_same() -> None:
    house = armed()
    house.config["users"][0]["areas"] = [2]
    house.config["areas"].append({"number": 2})
    house.start()
    house.forget()
    assert ask(house, inputs.VERB_DISARM, code=DURESS) == (REFUSED, NOT_PERMITTED)
    assert [event[0] for event in house.full_events()] == [1121] and is_armed(house)


def test_guests_are_bound_to_their_hours_and_installers_to_being_let_in() -> None:
    for fields in ({"role": "guest", "days": 1}, {"role": "installer"}):
        house = limited()
        house.config["users"][0]["role"] = "master"
        house.config["users"][1].update(fields)
        house.start()
        house.keys(CODE, "away")
        house.passes(60_000)
        house.says("clock", 1_800_000_000 + 43_200)  # A Friday.
        house.forget()
        for verb in (inputs.VERB_DISARM, inputs.VERB_UNLOCK):
            assert ask(house, verb, 1, OTHER_CODE) == (REFUSED, NOT_PERMITTED)
        assert house.events() == [] and is_armed(house)


def test_a_guest_may_unlock_within_the_hours_and_never_bypass() -> None:
    house = limited()
    house.config["users"][1]["role"] = "guest"
    house.start()
    house.says(inputs.LOCK, DOOR, LOCKED)
    assert ask(house, inputs.VERB_UNLOCK, DOOR, OTHER_CODE) == (DONE, 0)
    assert ask(house, inputs.VERB_BYPASS, WINDOW, OTHER_CODE) == (REFUSED, NOT_PERMITTED)


# Changes from the cloud.


def _plain(**fields: "Any") -> "Any":
    value: Any = plain_config()
    value.update(fields)
    return value


def changed(edits: "Any", **limits: "Any") -> "Any":
    """What becomes of a limited configuration by a change from the cloud."""
    return config_edit.decide(_plain(remote_disarm="code", **limits), 0, edits)[1]


def refused(edits: "Any", **limits: "Any") -> str:
    value: Any = plain_config()
    value["remote_disarm"] = "code"
    value.update(limits)
    said = str(raises(config.ConfigError, config_edit.decide, value, 0, edits))
    assert config_edit.decide(value, None, edits)[0] == DONE, "at the keypad it may be done"
    return said


def test_the_cloud_may_tighten_a_limit_and_never_loosen_one() -> None:
    assert changed([["panel", 0, {"remote_disarm": "never"}]])["remote_disarm"] == "never"
    assert changed([["panel", 0, {"remote_unlock": "never"}]])["remote_unlock"] == "never"
    for fields in (
        {"remote_disarm": "always"},
        {"remote_disarm": None},
        {"remote_unlock": "always"},
    ):
        said = refused([["panel", 0, fields]])
        assert "at the keypad" in said and str(list(fields)[0]) in said  # noqa: RUF015
    loosest: Any = _plain(remote_unlock="always")
    assert config_edit.decide(loosest, 0, [["panel", 0, {"remote_unlock": "code"}]])[0] == DONE


def test_under_a_limit_the_cloud_changes_only_what_is_harmless() -> None:
    harmless: Any = (
        [["areas", 1, {"exit_s": 300, "entry_s": 60}]],
        [["zones", 3, {"name": "Window", "chime": True}]],
        [["panel", 0, {"language": "sv", "chime": False}]],
    )
    for edits in harmless:
        assert changed(edits)["revision"] == 1
    for edits in (
        [["users", 9, {"hash": b"h" * 32}]],
        [["users", 1, {"duress": None, "role": "guest"}]],
        [["users", 2, None]],
        [["zones", 3, None]],
        [["zones", 3, {"type": "follower"}]],
        [["zones", 3, {"bypass": True}]],
        [["zones", 3, {"home": False}]],
        [["zones", 9, {"type": "water", "area": 1}]],
        [["areas", 1, {"confirm_s": 300}]],
        [["areas", 1, {"entry_s": 61}]],
        [["areas", 2, {"exit_s": 1}]],
        [["outputs", 1, {"kind": "lock"}]],
        [["panel", 0, {"sms_to": "+46701234567"}]],
        [["panel", 0, {"siren_s": 10}]],
        [["panel", 0, {"utc_offset_min": 0}]],
    ):
        assert "at the keypad" in refused(edits), edits


def test_what_is_done_and_undone_in_one_change_is_no_change() -> None:
    assert changed([["zones", 3, {"name": "W"}], ["zones", 3, {"type": "follower"}], ["zones", 3, {"type": "instant"}]])
    assert "at the keypad" in refused([["zones", 3, None], ["zones", 3, {"type": "follower", "area": 1, "home": True}]])


def test_a_house_with_a_lock_keeps_its_users_from_the_cloud_and_one_without_does_not() -> None:
    new_user = [["users", 9, {"hash": b"h" * 32}]]
    lock: Any = [{"number": 1, "kind": "lock"}]
    assert "at the keypad" in refused(new_user, remote_disarm="always", outputs=lock)
    assert "at the keypad" in refused([["outputs", 1, None]], remote_disarm="always", outputs=lock)
    free: Any = _plain(outputs=lock)
    assert config_edit.decide(free, 0, [["zones", 3, {"type": "follower"}]])[0] == DONE
    assert config_edit.decide(free, 0, [["outputs", 1, {"name": "Door"}]])[0] == DONE
    assert config_edit.decide(plain_config(), 0, new_user)[0] == DONE
    assert config_edit.decide(_plain(outputs=lock, remote_unlock="always"), 0, new_user)[0] == DONE


def test_a_limit_that_is_none_is_refused_whatever_it_is() -> None:
    values: list[Any] = ["sometimes", 1, True, [], ""]
    for value in values:
        assert raises(
            config.ConfigError, config_edit.decide, plain_config(), 0, [["panel", 0, {"remote_disarm": value}]]
        )
