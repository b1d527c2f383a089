"""Whatever is said of paths and radios, in any order: told in turn, never a flood, and nothing that guards moves."""

from typing import Any

from hypothesis import given, strategies

from panel_house import House

HOUR_MS = 3_600_000
TOLD_MAX = 3
RADIO = {"type": "instant", "sensor": "contact", "radio": b"wind", "key": bytes(16), "supervise_min": 1440}

# Code, the zones of fault and restore, detail.
ROWS = [(351, 1, 1, 0), (352, 2, 2, 0), (350, 2, 1, 0), (344, 0, 0, 1), (344, 0, 0, 2), (354, 0, 0, 0)]

numbers = strategies.sampled_from([1, 2, 1, 2, 0, 3, -1])
flags = strategies.booleans()
sayings = strategies.one_of(
    strategies.tuples(strategies.just("path"), numbers, flags),
    strategies.tuples(strategies.just("path-used"), numbers),
    strategies.tuples(strategies.just("jammed"), numbers, flags),
    strategies.tuples(strategies.just("no-contact"), flags),
    strategies.tuples(strategies.just("noise"), flags),
    strategies.tuples(strategies.just("network"), flags),
    strategies.sampled_from([("restart",), ("reconfigure",)]),
)
pauses_ms = strategies.sampled_from(
    [0, 0, 1, 500, 4_999, 29_999, 30_000, 60_000, 600_000, HOUR_MS - 1, HOUR_MS, 2 * HOUR_MS]
)
stories = strategies.lists(strategies.tuples(sayings, pauses_ms), max_size=60)
Event = tuple[int, int, int, int]


def row_of(event: Event) -> tuple[int, int, int, int]:
    """The trouble that an event (ms, code, zone, detail) is about."""
    _, qcode, zone, detail = event
    (row,) = [row for row in ROWS if row[0] == qcode % 1000 and row[3] == detail and zone == row[1 + qcode // 2000]]
    return row


class Lived:
    """A house that lived through a story; `ages` is its events with the time that has passed, restarts included.

    With `radio` there is a radio sensor, which always gets through.
    """

    def __init__(self, story: list[tuple[tuple[Any, ...], int]], radio: bool, mode: str = "") -> None:
        self.house = House()
        if radio:
            self.house.fits(5, **RADIO)
            self.house.hears(5)
        if mode:
            self.house.arms(mode)
        self.before = self.house.panel.snapshot()
        self.house.forget()
        self.ages: list[Event] = []
        self.restarts_ms: list[int] = []
        self._age_ms = 0
        for event, pause_ms in story:
            self._happens(event)
            if radio:
                self.house.hears(5)
            self._note()
            self._passes(pause_ms)
        self.sounds = [item[2] for item in self.house.heard if item[:2] in SOUNDS]

    def _happens(self, event: tuple[Any, ...]) -> None:
        if event == ("restart",):
            self.restarts_ms.append(self._age_ms)
            self.house.restart()
        elif event == ("reconfigure",):
            self.house.takes_over(siren_s=60 + len(self.ages) % 2)
        else:
            self.house.says(*event)

    def _passes(self, ms: int) -> None:
        """In pieces, so that every event gets its time, to the second."""
        end_ms = self._age_ms + ms
        while self._age_ms < end_ms:
            deadline_ms = self.house.panel.deadline_ms()
            left_ms = end_ms - self._age_ms
            step_ms = left_ms if deadline_ms is None else max(1, min(left_ms, deadline_ms - self.house.now))
            self.house.passes(step_ms)
            self._age_ms += step_ms
            self._note()

    def _note(self) -> None:
        known = len(self.ages)
        for qcode, area, zone, user, source, detail in self.house.full_events()[known:]:
            assert (area, user, source) == (0, 0, 0)
            self.ages.append((self._age_ms, qcode, zone, detail))


SOUNDS = (("show", "siren"), ("show", "outdoor"), ("show", "buzzer"))


@given(stories, strategies.booleans())
def test_every_trouble_is_told_and_restored_in_turn(story: list[tuple[tuple[Any, ...], int]], radio: bool) -> None:
    lived = Lived(story, radio)
    told: dict[tuple[int, int, int, int], bool] = {}
    for event in lived.ages:
        row = row_of(event)
        begins = event[1] < 3000
        assert told.get(row, False) != begins, "twice the same"
        told[row] = begins
        assert radio or row[0] != 344 or row[3] == 2, "no radio sensors, and jammed"
    assert lived.house.lamp("fault") == any(told.values())


@given(stories, strategies.booleans())
def test_no_trouble_is_told_more_than_three_times_in_any_hour_between_restarts(
    story: list[tuple[tuple[Any, ...], int]], radio: bool
) -> None:
    lived = Lived(story, radio)
    for row in ROWS:
        faults = [event[0] for event in lived.ages if row_of(event) == row and event[1] < 3000]
        for index in range(len(faults) - TOLD_MAX):
            first_ms, last_ms = faults[index], faults[index + TOLD_MAX]
            restarted = any(first_ms <= restart_ms <= last_ms for restart_ms in lived.restarts_ms)
            assert restarted or last_ms - first_ms >= HOUR_MS


@given(stories)
def test_what_is_over_is_restored_after_two_quiet_hours_and_what_lasts_is_not(
    story: list[tuple[tuple[Any, ...], int]],
) -> None:
    """However the story went: it ends with a broken mobile path, and with all else in order."""
    ends = [("path", 1, True), ("path-used", 1), ("jammed", 2, False), ("no-contact", False), ("noise", False)]
    quiet = [(end, 0) for end in ends] + [(("path", 2, False), 2 * HOUR_MS + 60_000)]
    lived = Lived([*story, *quiet], radio=True)
    assert lived.house.panel.snapshot()["contact"] == 1 << 4
    assert lived.house.panel.deadline_ms() is not None, "a radio sensor is supervised"


@given(stories, strategies.sampled_from(["", "away", "night"]))
def test_nothing_said_of_contact_sounds_or_changes_what_guards(
    story: list[tuple[tuple[Any, ...], int]], mode: str
) -> None:
    lived = Lived(story, radio=False, mode=mode)
    after = lived.house.panel.snapshot()
    assert {**after, "contact": 0} == {**lived.before, "contact": 0}
    assert lived.house.siren() == "off"
    assert set(lived.sounds) <= {"off"}
