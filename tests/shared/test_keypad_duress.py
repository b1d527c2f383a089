"""Duress: whoever watches the display and hears the keypad cannot tell the duress code from the ordinary one."""

from keypad_support import ANNA, CODE, DURESS, FRONT_DOOR, MONDAY_10, WINDOW, Desk

LOG = [
    (1121, 0, ANNA, MONDAY_10 + 60),
    (1401, 0, ANNA, MONDAY_10 + 59),
    (1122, 0, ANNA, MONDAY_10),
    (1406, FRONT_DOOR, ANNA, MONDAY_10),
    (1121, 0, ANNA, MONDAY_10),
    (1134, FRONT_DOOR, 0, MONDAY_10 - 30),
    (1406, FRONT_DOOR, ANNA, MONDAY_10 - 90),
]

WAYS = [
    "CODE off",
    "CODE ok",
    "CODE away",
    "home CODE ok",
    "off CODE ok",
    "9999 off 9999 off CODE off 9999 off",
    "CODE ok ok ok down up back down ok ok",
    "CODE ok down down ok down down up ok up up back back",
    "CODE ok up ok ok",
    "CODE ok down down down ok ok",
    "CODE ok down down down down ok ok ok ok ok ok",
    "CODE ok down down down down down ok 2468 ok 2468 ok",
    "CODE ok down down down down down ok 1234 ok 1234 ok",
    "CODE ok down down down down down ok 1235 ok 1235 ok",
    "CODE ok up up ok 45 ok",
    "CODE ok up up up ok ok",
    "CODE ok away CODE away",
]


def seen_and_heard(digits: str, way: str, prepare: str) -> "list[object]":
    """Everything a person at the keypad notices on this way, key by key."""
    desk = Desk()
    desk.log = LOG
    if prepare == "armed":
        desk.panel.arms()
    elif prepare == "sounding":
        desk.panel.sounds = True
    elif prepare == "open":
        desk.panel.zone(WINDOW).open = True
    noticed: list[object] = []
    for word in way.replace("CODE", digits).split():
        for key in word if word.isdigit() else [word]:
            desk.keys(key)
            noticed.append(
                (key if not word.isdigit() else "", desk.display(), desk.buzzes[:], desk.panel.areas[0].state)
            )
            noticed.append((len(desk.requests), desk.keypad.deadline_ms(), desk.keypad.snapshot()))
    desk.passes(5000)
    noticed.append(desk.display())
    return noticed


def test_nothing_at_the_keypad_tells_the_duress_code_from_the_ordinary_one() -> None:
    for prepare in ("", "armed", "sounding", "open"):
        for way in WAYS:
            assert seen_and_heard(CODE[ANNA], way, prepare) == seen_and_heard(DURESS, way, prepare), (prepare, way)


def test_duress_is_reported_on_every_way_a_code_can_take() -> None:
    for keys, arms in ((" away", False), (" ok", False), (" off", False), (" ok", True)):
        desk = Desk()
        if arms:
            desk.panel.arms()
        desk.keys(DURESS + keys)
        by_panel = [item for item in desk.panel.asked if item[0] == "disarm" and item[3]]
        assert [event for event in desk.events if event[0] == 1121] == ([] if by_panel else [(1121, 1, 0, ANNA, 1, 0)])
        assert len(by_panel) + len(desk.events) == 1, keys


def test_a_refused_arming_under_duress_is_reported_once() -> None:
    desk = Desk()
    desk.panel.zone(WINDOW).open = True
    desk.keys(DURESS + " away ok")
    assert desk.events == [(1121, 1, 0, ANNA, 1, 0)]
    assert desk.panel.asked == [("arm", ANNA, 1, 1, [WINDOW])]


def test_an_ordinary_code_reports_no_duress() -> None:
    for prepare in (False, True):
        for keys in (" away", " ok", " off"):
            desk = Desk()
            if prepare:
                desk.panel.arms()
            desk.keys(CODE[ANNA] + keys)
            assert desk.events == []
            assert not any(item[0] == "disarm" and item[3] for item in desk.panel.asked)


def test_the_log_never_shows_duress_nor_any_cancel() -> None:
    desk = Desk()
    desk.log = LOG
    desk.opens_menu(ANNA, "Event log")
    assert desk.display() == ("Disarmed", "7/6 10:00 U1"), "the newest is a duress and passed over"
    desk.keys("down")
    assert desk.display() == ("Intrusion", "7/6 09:59 Z1")
    desk.keys("down")
    assert desk.display() == ("Intrusion", "7/6 09:59 Z1"), "behind it is nothing that may be shown"
    desk.keys("up")
    assert desk.display() == ("Disarmed", "7/6 10:00 U1")
    desk.keys("up")
    assert desk.display() == ("Disarmed", "7/6 10:00 U1")
    desk.keys("down")
    assert desk.display() == ("Intrusion", "7/6 09:59 Z1")
