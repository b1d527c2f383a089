"""Schedules of the explorer: what they print is what they read, and what is wrong with one is told."""

import pytest

from hemlarm_simulator.explore import chances, moves, seeded_bugs
from hemlarm_simulator.explore.dice import Dice
from hemlarm_simulator.explore.schedule import Move, Schedule, ScriptError, parse, print_time
from hemlarm_simulator.explore.shrinking import shrink

HEAD = "seed 7\nhouse villa\nheartbeat 300\nlasts 1:00:00.000\n"


def test_every_schedule_of_chance_reads_as_it_prints() -> None:
    for seed in range(60):
        made = chances.schedule(seed, bug=seeded_bugs.NAMES[0] if seed % 2 else "")
        assert parse(str(made)) == made


def test_one_seed_makes_one_schedule() -> None:
    assert chances.schedule(5) == chances.schedule(5)
    assert chances.schedule(5) != chances.schedule(6)


def test_schedules_hold_every_kind_of_fault_and_every_incident() -> None:
    seen = {move.words[0] for seed in range(120) for move in chances.schedule(seed).moves}
    # These two need a house that has something to tamper with, or to get wet, which few have.
    assert seen >= moves.KINDS.keys() - {"tampers", "floods"}


def test_a_busy_family_plans_two_hundred_movements_a_day() -> None:
    busy = [made for made in map(chances.schedule, range(60)) if chances.is_busy(made)]
    moved = sum(move.words[0] in ("passes", "motion") for made in busy for move in made.moves)
    assert moved / sum(made.lasts_ms / chances.DAY_MS for made in busy) > 140  # To pass is to open and to close.


def test_a_time_is_printed_as_it_is_read() -> None:
    assert print_time(90_061_007) == "25:01:01.007"
    assert parse(HEAD + "25:01:01.007 drop").moves == (Move(90_061_007, ("drop",)),)


def test_a_comment_says_nothing() -> None:
    assert parse("# what it is\n" + HEAD + "\n# nothing\n") == parse(HEAD)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("house villa\nheartbeat 300\nlasts 1:00:00.000\n", "the line 'seed' is missing"),
        (HEAD + "1:00 drop\n", "'1:00' is no time"),
        (HEAD + "0:00:02.000 drop\n0:00:01.000 drop\n", "line 6: 0:00:01.000 lies before the move above it"),
        (HEAD + "0:00:02.000 dance\n", "line 5: 'dance' is no kind of move"),
        (HEAD + "0:00:02.000 cut\n", "line 5: cut takes NUMBER"),
        (HEAD + "0:00:02.000 cut soon\n", "line 5: 'soon' is no whole number"),
        (HEAD + "seed 8\n", "line 5: 'seed' stands once"),
        (HEAD.replace("1:00:00", "9999:00:00"), "a run lasts 2400:00:00.000 at most"),
    ],
)
def test_what_is_wrong_with_a_script_is_told(text: str, complaint: str) -> None:
    with pytest.raises(ScriptError, match=complaint.replace("'", ".")):
        parse(text)


def test_shrinking_leaves_what_matters_and_little_else() -> None:
    moved = [Move(1000 * second, ("motion", "hall")) for second in range(100)]
    moved[37] = Move(37_000, ("cut", "500"))
    moved[61] = Move(61_000, ("drop",))
    long = Schedule(1, "villa", 300, 86_400_000, tuple(moved))

    def breaks(candidate: Schedule) -> bool:
        return {"cut", "drop"} <= {move.words[0] for move in candidate.moves}

    short = shrink(long, breaks)
    assert [move.words[0] for move in short.moves] == ["cut", "drop"]
    assert short.lasts_ms < long.lasts_ms
    assert parse(str(short)) == short


def test_shrinking_gives_up_after_so_many_tries() -> None:
    tried = []
    long = Schedule(1, "villa", 300, 86_400_000, tuple(Move(second, ("drop",)) for second in range(64)))

    def breaks(candidate: Schedule) -> bool:
        tried.append(candidate)
        return False

    shrink(long, breaks, tries_max=30)
    assert 0 < len(tried) <= 30


def test_stretched_throws_reach_both_ends_of_their_range() -> None:
    dice = Dice(1, "test")
    thrown = [dice.stretched(10, 100_000) for _ in range(500)]
    assert 10 <= min(thrown) < 100
    assert 50_000 < max(thrown) <= 100_000
    assert 150 < sum(each < 1000 for each in thrown) < 350
