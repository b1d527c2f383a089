"""What a sender does with each answer and with none: order, failover and back, waiting, refusing, passwords, pulses."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forward_bench import AGAIN, DONE, FAILOVER, PASSWORD, REFUSE, WALL_MS, Bench, Sent, item
from hemlarm_cloud.forward.facts import (
    Delivered,
    Heard,
    NewPassword,
    PasswordLost,
    PasswordTaken,
    PutOff,
    Reached,
    Refused,
    Unreachable,
)
from hemlarm_cloud.forward.passwords import Passwords
from hemlarm_cloud.forward.receivers import BACKOFF_MAX_MS, PRIMARY, PROBE_MS, SECONDARY
from hemlarm_cloud.forward.sender import PUT_OFF_MAX_MS, TRIES_MAX
from hemlarm_cloud.forward.verdicts import Action, Verdict, sos_access
from hemlarm_cloud.trade.sos_access import Status

MINUTE_MS = 60_000


def whats(bench: Bench) -> list[int | str]:
    return [sent.what for sent in bench.sent]


def where(bench: Bench) -> list[str]:
    return [sent.receiver for sent in bench.sent]


def test_telegrams_go_one_after_the_other_in_their_order() -> None:
    bench = Bench()
    bench.offer(item(1), item(2, site=2), item(3))
    bench.turns(DONE, DONE, DONE)
    assert whats(bench) == [1, 2, 3]
    assert [fact.item.id for fact in bench.of(Delivered)] == [1, 2, 3]  # type: ignore[union-attr]
    assert bench.is_quiet()
    assert bench.sender.is_empty


def test_without_an_answer_the_same_one_goes_again_and_again_after_longer_waits() -> None:
    bench = Bench()
    bench.offer(item(1), item(2))
    waits = []
    for _ in range(8):
        bench.turn(None)
        waits.append(bench.wait())
    assert whats(bench) == [1] * 8
    assert waits == sorted(waits)
    assert waits[0] == 1_000
    assert waits[-1] == BACKOFF_MAX_MS
    bench.turns(DONE, DONE)
    assert whats(bench)[-2:] == [1, 2]


def test_the_secondary_gets_it_at_once_and_what_follows() -> None:
    bench = Bench(secondary=True)
    bench.offer(item(1), item(2))
    bench.turns(None, DONE, DONE)
    assert bench.sent == [Sent(1, PRIMARY, b"old"), Sent(1, SECONDARY, b"old"), Sent(2, SECONDARY, b"old")]
    assert bench.now_ms == 0
    assert [fact.receiver for fact in bench.of(Delivered)] == [SECONDARY, SECONDARY]  # type: ignore[union-attr]


def test_the_primary_is_tried_by_a_heartbeat_and_takes_over_again() -> None:
    bench = Bench(secondary=True)
    bench.offer(item(1))
    bench.turns(None, DONE)
    assert bench.wait() == PROBE_MS
    bench.turn(None)
    assert bench.wait() == PROBE_MS
    bench.turn(DONE)
    bench.offer(item(2))
    bench.turn(DONE)
    assert bench.sent[2:] == [
        Sent("heartbeat", PRIMARY, b"old"),
        Sent("heartbeat", PRIMARY, b"old"),
        Sent(2, PRIMARY, b"old"),
    ]


def test_when_neither_answers_everything_waits_and_nothing_is_given_up() -> None:
    bench = Bench(secondary=True)
    bench.offer(item(1))
    for _ in range(100):
        bench.turns(None, None)
        assert bench.is_quiet()
        bench.wait()
    assert where(bench) == [PRIMARY, SECONDARY] * 100
    assert bench.of(Refused) == bench.of(PutOff) == []
    bench.turn(DONE)
    assert bench.of(Delivered) == [Delivered(item(1), PRIMARY)]


def test_somebody_is_told_once_after_a_minute_and_again_when_it_is_over() -> None:
    bench = Bench()
    bench.offer(item(1))
    bench.turn(DONE)
    bench.facts.clear()
    bench.offer(item(2))
    while bench.now_ms < 10 * MINUTE_MS:
        bench.turn(None)
        assert not bench.facts or bench.now_ms >= MINUTE_MS
        bench.wait()
    assert bench.facts == [Unreachable("no answer in time")]
    assert bench.turn(DONE) == [Reached(), Heard(), Delivered(item(2), PRIMARY)]


def test_what_both_turn_down_is_put_off_with_its_site_and_the_others_go_on() -> None:
    bench = Bench(secondary=True)
    bench.offer(item(1), item(2), item(3, site=2))
    bench.turns(FAILOVER, FAILOVER)
    assert bench.of(PutOff) == [PutOff(item(1), "status 5", 5_000)]
    bench.turn(DONE)
    assert bench.sent == [Sent(1, PRIMARY, b"old"), Sent(1, SECONDARY, b"old"), Sent(3, PRIMARY, b"old")]


def test_what_one_turns_down_while_the_other_is_away_holds_nobody_up() -> None:
    bench = Bench(secondary=True)
    bench.offer(item(1), item(2, site=2))
    bench.turns(FAILOVER, None, DONE)
    assert whats(bench) == [1, 1, 2]
    assert [fact.item.id for fact in bench.of(PutOff)] == [1]  # type: ignore[union-attr]


def test_what_was_turned_down_too_often_is_refused() -> None:
    bench = Bench()
    waits = []
    for tries in range(TRIES_MAX - 1):
        bench.offer(item(1, tries=tries))
        (*_, fact) = bench.turn(FAILOVER)
        assert isinstance(fact, PutOff)
        waits.append(fact.wait_ms)
    assert waits == sorted(waits)
    assert waits[-1] == PUT_OFF_MAX_MS
    bench.offer(item(1, tries=TRIES_MAX - 1))
    assert bench.turn(FAILOVER) == [Refused(item(1, tries=TRIES_MAX - 1), "status 5")]


def test_what_can_never_be_taken_is_refused_and_its_site_goes_on() -> None:
    bench = Bench(secondary=True)
    bench.offer(item(1), item(2, zone=666), item(3, account=None), item(4))
    bench.turns(REFUSE, DONE, DONE, DONE)
    assert [fact.item.id for fact in bench.of(Refused)] == [1, 2, 3]  # type: ignore[union-attr]
    assert [fact.item.id for fact in bench.of(Delivered)] == [4]  # type: ignore[union-attr]


def test_a_general_error_is_tried_there_once_more_before_the_other_receiver() -> None:
    bench = Bench(secondary=True)
    bench.offer(item(1))
    bench.turn(AGAIN)
    assert bench.of(PutOff) == [PutOff(item(1), "status 98", 5_000)]
    bench.offer(item(1, tries=1))
    bench.turns(AGAIN, DONE)
    assert where(bench) == [PRIMARY, PRIMARY, SECONDARY]


def test_a_clock_that_differs_is_taken_over_and_the_same_one_goes_again() -> None:
    bench = Bench()
    bench.offer(item(1), item(2))
    wrong = Verdict(Action.CLOCK, "NAK", WALL_MS + 90_000)
    bench.turns(wrong, DONE)
    bench.now_ms += 1_000
    bench.turn(DONE)
    assert [int(telegram.partition(b"@")[2]) - WALL_MS for telegram in bench.telegrams] == [0, 90_000, 91_000]


def test_a_receiver_that_only_ever_says_its_time_turns_the_telegram_down() -> None:
    bench = Bench()
    bench.offer(item(1))
    wrong = Verdict(Action.CLOCK, "NAK", WALL_MS)
    bench.turns(wrong, wrong)
    assert bench.of(PutOff) == [PutOff(item(1), "NAK", 5_000)]


# Passwords.


def renewing() -> Bench:
    return Bench(passwords=Passwords(b"old", renew=True))


def test_a_new_password_is_asked_for_first_and_the_old_one_ends_with_its_first_use() -> None:
    bench = renewing()
    bench.offer(item(1), item(2))
    given = bench.turn(replace(DONE, password="new"))
    assert given == [Reached(), Heard(), NewPassword(b"new")]
    assert PasswordTaken() in bench.turn(DONE)
    bench.turn(DONE)
    assert bench.sent == [Sent("renewal", PRIMARY, b"old"), Sent(1, PRIMARY, b"new"), Sent(2, PRIMARY, b"new")]
    assert len(bench.of(PasswordTaken)) == 1


def test_without_a_new_password_the_alarm_goes_with_the_old_one() -> None:
    for answer in (FAILOVER, REFUSE, AGAIN):
        bench = renewing()
        bench.offer(item(1))
        bench.turns(answer, DONE)
        assert bench.sent == [Sent("renewal", PRIMARY, b"old"), Sent(1, PRIMARY, b"old")]
    bench = renewing()
    bench.offer(item(1))
    bench.turn(None)
    bench.wait()
    bench.turn(DONE)
    assert whats(bench) == ["renewal", 1]


def test_after_a_restart_the_new_password_is_still_tried_first() -> None:
    bench = Bench(passwords=Passwords(b"old", b"new", renew=True))
    bench.offer(item(1))
    assert PasswordTaken() in bench.turn(DONE)
    assert bench.sent == [Sent(1, PRIMARY, b"new")]


def test_a_receiver_that_lost_the_new_password_gets_the_old_one() -> None:
    bench = Bench(passwords=Passwords(b"old", b"new", renew=True))
    bench.offer(item(1), item(2))
    bench.turn(PASSWORD)
    assert PasswordLost() in bench.turn(DONE)
    bench.turn(DONE)
    assert bench.sent == [Sent(1, PRIMARY, b"new"), Sent(1, PRIMARY, b"old"), Sent(2, PRIMARY, b"old")]


def test_a_wrong_password_loses_nothing_and_is_told_at_once() -> None:
    bench = Bench(secondary=True)
    bench.offer(item(1))
    bench.turns(PASSWORD, PASSWORD)
    assert bench.facts == [Unreachable("status 4")]
    for _ in range(20):
        bench.wait()
        bench.turns(PASSWORD, PASSWORD)
    assert bench.facts == [Unreachable("status 4")]
    bench.wait()
    assert bench.turn(DONE) == [Reached(), Heard(), Delivered(item(1), PRIMARY)]


def test_two_passwords_that_were_refused_are_both_tried_again() -> None:
    bench = Bench(passwords=Passwords(b"old", b"new", renew=True))
    bench.offer(item(1))
    bench.turns(PASSWORD, PASSWORD)
    bench.wait()
    bench.turns(PASSWORD, DONE)
    assert [sent.secret for sent in bench.sent] == [b"new", b"old", b"new", b"old"]


# Heartbeats.

LEVEL_MS = 180_000


def test_four_heartbeats_go_in_each_interval() -> None:
    bench = Bench(level_ms=LEVEL_MS)
    while bench.now_ms < 4 * LEVEL_MS:
        bench.turn(DONE)
        bench.wait()
    assert whats(bench) == ["heartbeat"] * 16


def test_heartbeats_that_come_too_often_become_fewer_and_never_less_than_two() -> None:
    bench = Bench(level_ms=LEVEL_MS)
    slower = Verdict(Action.SLOWER)
    waits = []
    for _ in range(4):
        bench.turn(slower)
        waits.append(bench.wait())
    assert waits == [60_000, 90_000, 90_000, 90_000]


def test_heartbeats_that_are_not_wanted_end() -> None:
    bench = Bench(level_ms=LEVEL_MS)
    bench.turn(Verdict(Action.NO_HEARTBEATS))
    for _ in range(20):
        bench.wait()
        assert bench.is_quiet()


def test_a_long_queue_does_not_silence_heartbeats() -> None:
    bench = Bench(level_ms=LEVEL_MS)
    for number in range(100):
        bench.offer(item(number))
        bench.turn(DONE)
        bench.now_ms += 5_000
    at = [index for index, what in enumerate(whats(bench)) if what == "heartbeat"]
    assert all(later - earlier <= 18 for earlier, later in pairwise(at))
    assert len(at) >= 5


def test_a_receiver_that_answers_no_heartbeat_gets_its_alarms_all_the_same() -> None:
    bench = Bench(level_ms=LEVEL_MS)
    bench.now_ms = LEVEL_MS
    bench.offer(item(1))
    bench.turn(None)
    bench.wait()
    bench.turn(DONE)
    assert whats(bench) == ["heartbeat", 1]


# The statuses of SOS Access.


@pytest.mark.parametrize("status", [int(status) for status in Status] + [6, 42, 999])
def test_every_status_has_a_meaning(status: int) -> None:
    refused = {1, 2, 3, 7, 100}
    done, password, again = {0, 10}, {4}, {98, 101}
    action = sos_access(status, "info", is_heartbeat=False).action
    expected = {Action.REFUSE: refused, Action.DONE: done, Action.PASSWORD: password, Action.AGAIN: again}
    assert action == next((each for each, numbers in expected.items() if status in numbers), Action.FAILOVER)
    pulse = sos_access(status, "info", is_heartbeat=True).action
    assert pulse == {9: Action.NO_HEARTBEATS, 101: Action.SLOWER}.get(status, action)


@given(st.lists(st.sampled_from([DONE, FAILOVER, AGAIN, REFUSE, PASSWORD, None]), max_size=60), st.booleans())
def test_whatever_is_answered_nothing_is_lost_doubled_or_overtaken(
    answers: list[Verdict | None], secondary: bool
) -> None:
    """The outbox is played by the test: what was put off is offered again, its site behind it."""
    waiting = {1: [item(n, 1) for n in (1, 3, 5)], 2: [item(n, 2) for n in (2, 4, 6)]}
    bench = Bench(secondary)
    for answer in [*answers, *[DONE] * 20]:
        if bench.sender.is_empty:
            bench.offer(*waiting[1], *waiting[2])
        if bench.sender.is_empty:
            break
        while bench.is_quiet():
            assert bench.wait() > 0
        for fact in bench.turn(answer):
            if isinstance(fact, (Delivered, Refused)):
                assert waiting[fact.item.site].pop(0).id == fact.item.id
            elif isinstance(fact, PutOff):
                first = waiting[fact.item.site][0]
                assert first.id == fact.item.id
                waiting[fact.item.site][0] = first._replace(tries=first.tries + 1)
    assert waiting == {1: [], 2: []}
