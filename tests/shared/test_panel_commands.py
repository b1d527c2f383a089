"""Commands from the cloud, and several areas."""

from hemlarm_firmware.panel import inputs
from hemlarm_protocol import message_names
from panel_house import (
    ANNA,
    ARM_AWAY,
    ARM_HOME,
    BO,
    CODE,
    DISARM,
    EXIT_MS,
    FRONT_DOOR,
    HALL,
    SILENCE,
    SMOKE,
    STATUS,
    WINDOW,
    House,
)

GARAGE, GARAGE_DOOR = 2, 21


def two_areas() -> House:
    """A house with a garage of its own."""
    house = House()
    house.config["areas"].append({"number": GARAGE, "exit_s": 0})
    house.config["zones"].append({"number": GARAGE_DOOR, "type": "instant", "area": GARAGE})
    house.start()
    house.forget()
    return house


def test_the_verbs_are_those_of_the_protocol() -> None:
    assert message_names.VERBS == {
        inputs.VERB_DISARM: "disarm",
        inputs.VERB_ARM_AWAY: "arm-away",
        inputs.VERB_ARM_HOME: "arm-home",
        inputs.VERB_STATUS: "status",
        inputs.VERB_SILENCE: "silence",
        inputs.VERB_ARM_NIGHT: "arm-night",
        inputs.VERB_BYPASS: "bypass",
        inputs.VERB_UNBYPASS: "unbypass",
        inputs.VERB_WALK_TEST: "walk-test",
        inputs.VERB_CHIME: "chime",
        inputs.VERB_ON: "on",
        inputs.VERB_OFF: "off",
        inputs.VERB_LOCK: "lock",
        inputs.VERB_UNLOCK: "unlock",
        inputs.VERB_PICTURE: "picture",
        inputs.VERB_RESTART: "restart",
    }


def test_the_answers_are_those_of_the_protocol() -> None:
    assert message_names.STATUSES == {
        inputs.DONE: "done",
        inputs.REFUSED: "refused",
        inputs.UNKNOWN_VERB: "unknown-verb",
        inputs.BAD_ARGUMENT: "bad-argument",
        inputs.EXPIRED: "expired",
        inputs.CONFLICT: "conflict",
        inputs.BUSY: "busy",
    }


def test_a_command_arms_and_disarms_and_is_attributed_to_who_asked() -> None:
    house = House()
    assert house.command(ARM_AWAY, user=BO) == (0, 16 * 1 + 1)
    assert house.command(ARM_AWAY, user=BO) == (0, 16 * 1 + 1), "it is being armed already"
    assert house.command(ARM_HOME, user=BO) == (1, 0)
    house.passes(EXIT_MS)
    assert house.command(STATUS) == (0, 16 * 1 + 2)
    assert house.command(DISARM, user=ANNA) == (0, 0)
    assert house.command(ARM_HOME, user=BO) == (0, 16 * 2 + 1)
    assert house.full_events() == [(3401, 1, 0, BO, 2, 30), (1401, 1, 0, ANNA, 2, 0), (3441, 1, 0, BO, 2, 30)]


def test_arming_by_command_with_an_open_zone_is_refused_with_the_zone() -> None:
    house = House()
    house.opens(WINDOW)
    assert house.command(ARM_AWAY) == (1, WINDOW)
    assert house.events() == []
    assert house.display() == ("Disarmed", f"Zone {WINDOW} open")


def test_arming_by_command_what_is_armed_so_already_is_done_and_tells_nothing() -> None:
    house = House()
    house.arms()
    assert house.command(ARM_AWAY) == (0, 16 * 1 + 2)
    assert house.command(ARM_HOME) == (1, 0)
    assert house.events() == []


def test_arming_by_command_is_refused_during_an_alarm() -> None:
    house = House()
    house.arms()
    house.opens(WINDOW)
    assert house.command(ARM_AWAY) == (1, 0)
    assert house.siren() == "intrusion"


def test_an_unknown_verb_or_area_is_answered_and_does_nothing() -> None:
    house = House()
    house.forget()
    assert house.command(77) == (2, 0)
    assert house.command(0) == (2, 0)
    assert house.command(ARM_AWAY, 9) == (3, 0)
    assert house.command(DISARM, 0) == (3, 0)
    assert [item for item in house.heard if item[0] != "result"] == []


def test_asking_for_the_status_changes_nothing() -> None:
    house = House()
    house.arms()
    house.opens(SMOKE)
    house.forget()
    assert house.command(STATUS) == (0, 256 * 1 + 16 * 1 + 2)
    assert len(house.heard) == 1


def test_silencing_an_intrusion_leaves_it_armed_and_the_disarming_still_cancels() -> None:
    house = House()
    house.arms()
    house.opens(WINDOW)
    house.forget()
    assert house.command(SILENCE, user=BO) == (0, 16 * 1 + 2)
    assert house.full_events() == [(6130, 1, WINDOW, BO, 2, 0)]
    assert house.siren() == "off"
    house.opens(HALL)
    assert house.siren() == "intrusion"
    house.forget()
    house.command(DISARM)
    assert house.events() == [(1401, 0), (1406, WINDOW)]


def test_silencing_what_is_quiet_tells_nothing() -> None:
    house = House()
    for moment in ("disarmed", "exit delay", "armed"):
        if moment == "exit delay":
            house.keys(CODE, "away")
        elif moment == "armed":
            house.passes(EXIT_MS)
        status = house.command(STATUS)
        house.forget()
        assert house.command(SILENCE) == status
        assert house.events() == [] and house.siren() == "off"
    house.opens(FRONT_DOOR)
    house.forget()
    assert house.command(SILENCE) == (0, 16 * 1 + 3), "a burglar at the cloud cannot end the entry delay"
    assert house.events() == [] and house.siren() == "off"


def test_a_command_comes_after_what_was_due_before_it() -> None:
    house = House()
    house.arms()
    house.opens(FRONT_DOOR)
    house.now += 30000
    house.command(DISARM)
    assert house.events() == [(6134, FRONT_DOOR), (1134, FRONT_DOOR), (1401, 0), (1406, FRONT_DOOR)]


def test_a_user_of_one_input_is_not_blamed_for_what_follows() -> None:
    house = House(exit_s=0)
    house.command(ARM_AWAY)
    house.forget()
    house.opens(WINDOW)
    assert house.full_events() == [(1130, 1, WINDOW, 0, 0, 0)]


def test_an_area_is_commanded_on_its_own() -> None:
    house = two_areas()
    house.command(ARM_AWAY, GARAGE)
    house.opens(WINDOW)
    assert house.full_events() == [(3401, GARAGE, 0, ANNA, 2, 0)]
    house.opens(GARAGE_DOOR)
    assert house.full_events()[1:] == [(1130, GARAGE, GARAGE_DOOR, 0, 0, 0)]
    assert house.display() == ("BURGLARY", f"Zone {GARAGE_DOOR}")


def test_the_keypad_arms_all_areas_or_none() -> None:
    house = two_areas()
    house.opens(GARAGE_DOOR)
    house.keys(CODE, "away")
    assert house.events() == []
    assert house.display() == ("Open 1/1. OK?", f"Zone {GARAGE_DOOR}")
    house.closes(GARAGE_DOOR)
    house.keys(CODE, "away")
    assert [event[:2] for event in house.full_events()] == [(3401, 1), (3401, GARAGE)]


def test_the_keypad_disarms_all_areas() -> None:
    house = two_areas()
    house.keys(CODE, "away")
    house.forget()
    house.keys(CODE, "disarm")
    assert [event[:2] for event in house.full_events()] == [(1401, 1), (1401, GARAGE)]
    assert not house.lamp("armed")
