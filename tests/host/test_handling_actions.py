"""What operators do with a case: claim, hand over, put off, tasks, closing; and how two of them get along."""

import pytest

from handled_site import (
    ANNA,
    BO,
    COUNTER,
    MONITOR,
    NOON_MS,
    PASSWORD,
    VAULT,
    Desk,
    HandledSite,
    add,
    case_of,
    log_kinds,
    notices_of,
    set_case,
    tasks_of,
)
from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.handling import actions, doing, log, password, reporting
from hemlarm_cloud.scope import expect_site
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_sites import account

CHIEF = Actor("supervisor:eva", Role.SUPERVISOR)


def test_kitchen_smoke_with_nobody_home_ends_with_the_fire_neighbour(store: Store) -> None:
    desk = Desk(store, HandledSite(store).case("fire", 1111)).claim()
    desk.do("look-at-pictures", "nothing-seen").do("verify-password", "no-answer")
    assert desk.next()[0] == "fire-neighbour"
    desk.do("fire-neighbour", "sees-nothing", "dark and quiet from outside").do("call-contact", "takes-over")
    assert desk.next() == ["feedback"]
    desk.do("feedback", "phoned").close("unexplained")
    tasks = tasks_of(store, desk.case_id)
    assert tasks["fire-brigade:smoke-seen"].state == "not-needed"
    case = case_of(store, desk.case_id)
    assert (case.state, case.outcome, case.answered_ms - case.opened_ms) == ("closed", "unexplained", 10_000)


def test_smoke_on_the_picture_goes_to_the_fire_brigade_at_once(store: Store) -> None:
    desk = Desk(store, HandledSite(store).case("fire", 1111)).claim()
    desk.do("look-at-pictures", "smoke-or-fire")
    assert desk.next()[0] == "fire-brigade"
    neighbour = next(row for row in tasks_of(store, desk.case_id).values() if row.kind == "fire-neighbour")
    assert neighbour.state == "not-needed"


def test_a_renovation_s_tamper_asks_for_the_password_and_ends_with_the_right_one(store: Store) -> None:
    desk = Desk(store, HandledSite(store).case("tamper", 1144)).claim()
    assert desk.next() == ["verify-password"]
    with pytest.raises(ConflictError, match="nobody has said the right password"):
        desk.do("verify-password", "right-password")
    assert desk.hear("vitsippa") == "wrong"
    assert desk.hear("Blåsippa!") == "right"
    desk.do("verify-password", "right-password").do("feedback", "phoned").close("accidental")
    assert {"password-wrong", "password-right"} < set(log_kinds(store, desk.case_id))


def test_both_sides_prove_themselves_and_neither_word_stands_in_the_log(store: Store) -> None:
    desk = Desk(store, HandledSite(store).case("tamper", 1144))
    desk.hear(PASSWORD)
    with store.begin() as tx:
        assert password.reveal_counter(tx, VAULT, ANNA, desk.case_id, NOON_MS) == COUNTER
    with store.read() as reading:
        entries = log.entries(reading, ANNA, desk.case_id)
    assert [entry.kind for entry in entries] == ["planned", "password-right", "counter-shown"]
    assert not any(word in str(entry) for entry in entries for word in (PASSWORD, COUNTER))


def test_passwords_are_not_guessed_in_one_case(store: Store) -> None:
    desk = Desk(store, HandledSite(store).case("tamper", 1144))
    for _ in range(password.WRONG_MAX):
        desk.hear("fel")
    with pytest.raises(ConflictError, match="counts as unknown"):
        desk.hear(PASSWORD)


def test_a_yearly_test_closes_as_test_and_counts_for_the_site(store: Store) -> None:
    house = HandledSite(store)
    desk = Desk(store, house.case("intrusion", 1130)).claim().do("look-at-pictures", "no-pictures")
    desk.hear(PASSWORD)
    desk.do("verify-password", "right-password").do("feedback", "phoned").close("test")
    with store.read() as reading:
        assert expect_site(reading, ANNA, house.site).tested_ms == NOON_MS


def test_what_nobody_verified_is_no_test(store: Store) -> None:
    desk = Desk(store, HandledSite(store).case("water", 1154)).claim()
    with pytest.raises(ConflictError, match="only if the password was right"):
        desk.close("test")


def test_a_case_is_not_closed_while_something_must_be_done(store: Store) -> None:
    desk = Desk(store, HandledSite(store).case("intrusion", 1130)).claim()
    with pytest.raises(ConflictError, match="look-at-pictures, verify-password"):
        desk.close("unexplained")
    desk.do("look-at-pictures", "nothing-seen")
    desk.hear(PASSWORD)
    desk.do("verify-password", "right-password")
    with pytest.raises(ConflictError, match="open tasks: feedback"):
        desk.close("accidental")
    desk.close("accidental", no_feedback_because="heard on the call")
    assert tasks_of(store, desk.case_id)["feedback"].note == "heard on the call"


def test_a_closed_case_is_worked_on_no_more_but_may_be_noted_on(store: Store) -> None:
    desk = Desk(store, HandledSite(store).case("service", kind="service")).claim().do("service-task", "ordered")
    desk.close("handled")
    with pytest.raises(ConflictError, match="closed as handled"):
        desk.claim()
    with store.begin() as tx:
        actions.add_note(tx, BO, desk.case_id, "the technician was there", NOON_MS)
    assert log_kinds(store, desk.case_id)[-2:] == ["closed", "note"]


def test_an_outcome_fits_the_kind_of_case(store: Store) -> None:
    house = HandledSite(store)
    with pytest.raises(InvalidError, match="kind fault"):
        Desk(store, house.case("line", kind="fault")).claim().close("real")
    with pytest.raises(ConflictError, match="not cancelled by a user"):
        Desk(store, house.case("intrusion", 1130)).claim().close("cancelled-by-user")


def test_who_comes_second_does_not_overwrite(store: Store) -> None:
    house = HandledSite(store)
    case_id = house.case("intrusion", 1130)
    seen_by_both = case_of(store, case_id).version
    with store.begin() as tx:
        actions.claim(tx, ANNA, case_id, seen_by_both, NOON_MS)
    with store.begin() as tx, pytest.raises(ConflictError, match="changed meanwhile"):
        actions.claim(tx, BO, case_id, seen_by_both, NOON_MS)
    with store.begin() as tx, pytest.raises(ConflictError, match=r"operator:anna's: ask"):
        actions.claim(tx, BO, case_id, case_of(store, case_id).version, NOON_MS)


def test_a_colleague_helps_with_tasks_but_closes_only_what_is_theirs(store: Store) -> None:
    house = HandledSite(store)
    anna = Desk(store, house.case("line", kind="fault")).claim()
    bo = Desk(store, anna.case_id, BO)
    bo.do("verify-password", "no-answer").do("call-contact", "takes-over").do("service-task", "ordered")
    with pytest.raises(RefusedError, match="operator:anna's"):
        bo.close("handled")
    Desk(store, anna.case_id, CHIEF).close("handled")


def test_the_same_task_is_not_done_twice(store: Store) -> None:
    desk = Desk(store, HandledSite(store).case("hold-up", 1121)).claim()
    task = desk.task("police")
    desk.do("police", "called")
    with store.begin() as tx, pytest.raises(ConflictError, match="changed meanwhile"):
        doing.complete_task(tx, BO, desk.case_id, task.id, "called", "", task.version, NOON_MS)
    with store.begin() as tx, pytest.raises(ConflictError, match="settled by operator:anna"):
        doing.complete_task(tx, BO, desk.case_id, task.id, "called", "", task.version + 1, NOON_MS)


def test_work_begins_with_a_claim(store: Store) -> None:
    desk = Desk(store, HandledSite(store).case("hold-up", 1121))
    with pytest.raises(ConflictError, match="claim it first"):
        desk.do("police", "called")
    desk.claim().do("police", "called")
    assert case_of(store, desk.case_id).state == "in-progress"


def test_a_case_is_handed_to_a_colleague_who_exists(store: Store) -> None:
    desk = Desk(store, HandledSite(store).case("tamper", 1144)).claim()
    with store.begin() as tx:
        add(tx, account, name="bo", role="operator", token_hash=bytes(32), created_ms=0)
    for stranger in ("operator:cilla", "supervisor:bo", "bo"):
        with store.begin() as tx, pytest.raises(NotFoundError):
            actions.hand_over(tx, ANNA, desk.case_id, desk.version, stranger, NOON_MS)
    with store.begin() as tx:
        assert actions.hand_over(tx, ANNA, desk.case_id, desk.version, "operator:bo", NOON_MS).operator == BO.name
    with store.begin() as tx:
        released = actions.release(tx, BO, desk.case_id, desk.version, "shift ends", NOON_MS)
    assert (released.state, released.operator, released.answered_ms) == ("new", None, NOON_MS + 10_000)


def test_a_case_waits_until_its_time_but_not_before_the_fire_brigade_is_called(store: Store) -> None:
    house = HandledSite(store)
    desk = Desk(store, house.case("fire", 1111)).claim().do("look-at-pictures", "smoke-or-fire")
    with store.begin() as tx, pytest.raises(ConflictError, match="to be called first"):
        actions.wait(tx, ANNA, desk.case_id, desk.version, NOON_MS + 20_000, "", NOON_MS + 10_000)
    desk.do("fire-brigade", "called")
    for too_late in (NOON_MS, NOON_MS + 8 * 86_400_000):
        with store.begin() as tx, pytest.raises(InvalidError):
            actions.wait(tx, ANNA, desk.case_id, desk.version, too_late, "", NOON_MS)
    with store.begin() as tx:
        waiting = actions.wait(tx, ANNA, desk.case_id, desk.version, NOON_MS + 600_000, "they look", NOON_MS)
    assert (waiting.state, waiting.wake_ms) == ("waiting", NOON_MS + 600_000)
    with store.begin() as tx:
        assert actions.resume(tx, BO, desk.case_id, desk.version, NOON_MS).state == "in-progress"


def test_an_operator_adds_a_guard_and_leaves_out_what_makes_no_sense(store: Store) -> None:
    house = HandledSite(store)
    desk = Desk(store, house.case("tamper", 1144)).claim()
    with store.begin() as tx:
        added = doing.add_task(tx, ANNA, desk.case_id, "guard", desk.version, NOON_MS, text="neighbour heard glass")
    assert added.key == "added-1"
    task = desk.task("verify-password")
    with store.begin() as tx, pytest.raises(InvalidError, match="reason"):
        doing.skip_task(tx, ANNA, desk.case_id, task.id, " ", task.version, NOON_MS)
    with store.begin() as tx:
        left_out = doing.skip_task(tx, ANNA, desk.case_id, task.id, "no telephone there", task.version, NOON_MS)
    assert (left_out.state, left_out.done_by) == ("not-needed", ANNA.name)
    assert "verify-password" not in desk.next()


def test_an_added_task_calls_nobody_of_another_customer_and_no_site_that_is_held_up(store: Store) -> None:
    house, other = HandledSite(store, "A"), HandledSite(store, "B")
    desk = Desk(store, house.case("hold-up", 1121)).claim()
    with store.begin() as tx, pytest.raises(RefusedError):
        doing.add_task(tx, ANNA, desk.case_id, "verify-password", desk.version, NOON_MS)
    with store.begin() as tx, pytest.raises(NotFoundError):
        doing.add_task(tx, ANNA, desk.case_id, "call-contact", desk.version, NOON_MS, other.people[0])
    with store.begin() as tx:
        doing.add_task(tx, ANNA, desk.case_id, "call-contact", desk.version, NOON_MS, house.people[1])


def test_the_guard_s_report_belongs_to_the_case_and_what_it_says_counts(store: Store) -> None:
    desk = Desk(store, HandledSite(store, key_service=True).case("intrusion", 1130)).claim()
    desk.do("look-at-pictures", "no-pictures").do("verify-password", "no-answer").do("call-contact", "takes-over")

    def report(cause: str) -> None:
        task = desk.task("guard-report")
        with store.begin() as tx:
            reporting.guard_report(tx, ANNA, desk.case_id, cause, True, True, "window boarded", task.version, NOON_MS)

    with pytest.raises(ConflictError, match="no guard was sent"):
        report("break-in")
    desk.do("guard", "sent")
    with pytest.raises(ConflictError, match="hand in the guard's report"):
        desk.do("guard-report", "break-in")
    with pytest.raises(InvalidError):
        report("ghosts")
    report("break-in")
    assert desk.next() == ["police"]
    with store.read() as reading:
        detail = log.entries(reading, ANNA, desk.case_id)[-1].detail
    assert detail["guard_report"] == {"cause": "break-in", "secured": True, "inner_check": True}
    assert detail["note"] == "window boarded"


def test_feedback_is_texted_to_the_customer_and_logged(store: Store) -> None:
    desk = Desk(store, HandledSite(store).case("water", 1154)).claim()
    task = desk.task("feedback")
    with store.begin() as tx:
        reporting.send_feedback(tx, ANNA, desk.case_id, "accidental", task.version, NOON_MS)
    (sent,) = notices_of(store)
    assert (sent.channel, sent.recipient, sent.site) == ("sms", "+46700000001", case_of(store, desk.case_id).site)
    assert "av misstag" in sent.text
    assert tasks_of(store, desk.case_id)["feedback"].result == "texted"


def test_after_a_hold_up_nothing_is_written(store: Store) -> None:
    desk = Desk(store, HandledSite(store).case("hold-up", 1121)).claim()
    with store.begin() as tx, pytest.raises(RefusedError):
        reporting.send_feedback(tx, ANNA, desk.case_id, "real", desk.task("feedback").version, NOON_MS)
    assert notices_of(store) == []


def test_customers_and_monitors_change_nothing_and_strangers_know_nothing(store: Store) -> None:
    house, other = HandledSite(store, "A"), HandledSite(store, "B")
    case_id = house.case("tamper", 1144)
    for actor in (house.owner, MONITOR):
        with store.begin() as tx, pytest.raises(RefusedError):
            actions.claim(tx, actor, case_id, 0, NOON_MS)
    with store.read() as reading:
        assert len(log.entries(reading, house.owner, case_id)) == 1
        with pytest.raises(NotFoundError):
            log.entries(reading, other.owner, case_id)


def test_an_alarm_cancelled_by_code_may_be_closed_as_such(store: Store) -> None:
    desk = Desk(store, HandledSite(store).case("intrusion", 1130)).claim()
    set_case(store, desk.case_id, cancelled_ms=NOON_MS)
    desk.do("look-at-pictures", "nothing-seen").do("verify-password", "no-answer").do("feedback", "phoned")
    desk.close("cancelled-by-user")
    assert case_of(store, desk.case_id).outcome == "cancelled-by-user"
