"""From action plans to tasks: what a case is given, and that planning it again gives nothing twice."""

from handled_site import (
    NOON_MS,
    Desk,
    HandledSite,
    add,
    case_of,
    case_values,
    log_kinds,
    notices_of,
    set_case,
    tasks_of,
)
from hemlarm_cloud.cases.categories import ALARMS, URGENCY
from hemlarm_cloud.handling import planning, steps
from hemlarm_cloud.handling.default_plans import PLANS
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_cases import alarm_case


def test_a_fire_case_gets_the_steps_that_customers_are_promised(store: Store) -> None:
    house = HandledSite(store)
    _, two, three, neighbour = house.people
    tasks = tasks_of(store, house.case("fire", 1111))
    assert list(tasks) == [
        "look-at-pictures",
        "verify-password",
        f"fire-neighbour:{neighbour}",
        "guard:nobody-looked",
        "guard-report:guard-sent",
        f"call-contact:{two}",
        f"call-contact:{three}",
        "fire-brigade:smoke-seen",
        "fire-brigade:nobody-could-look",
        "police:confirmed",
        "feedback",
    ]
    assert tasks["verify-password"].person == house.people[0]
    assert tasks["verify-password"].due_ms == NOON_MS + 300_000


def test_nobody_calls_a_site_where_somebody_may_be_held_up(store: Store) -> None:
    house = HandledSite(store)
    house.plan("hold-up", ("verify-password", ""), ("police", ""))
    assert list(tasks_of(store, house.case("hold-up", 1121))) == ["police", "feedback"]


def test_a_site_s_own_plan_comes_before_the_default_one_and_keeps_the_feedback(store: Store) -> None:
    house = HandledSite(store)
    house.plan("water", ("guard", ""), ("call-contact", "nobody-reached"))
    keys = list(tasks_of(store, house.case("water", 1154)))
    called = [f"call-contact:{person}" for person in house.people[:3]]
    assert keys == ["guard", "guard-report:guard-sent", *called, "feedback"]


def test_planning_again_gives_no_task_twice(store: Store) -> None:
    house = HandledSite(store)
    case_id = house.case("fire", 1111)
    before = tasks_of(store, case_id)
    with store.begin() as tx:
        planning.begin(tx, case_id, NOON_MS + 1)
    assert tasks_of(store, case_id) == before


def test_an_untouched_case_whose_category_rose_has_the_tasks_it_would_have_had_from_the_start(store: Store) -> None:
    risen, born = HandledSite(store, "A"), HandledSite(store, "B")
    case_id = risen.case("intrusion", 1130)
    set_case(store, case_id, category="fire", urgency=0)
    with store.begin() as tx:
        planning.recategorised(tx, case_id, NOON_MS)

    def shape(case: int) -> list[tuple[object, ...]]:
        return [(row.kind, row.position, row.only_if, row.state, row.text) for row in tasks_of(store, case).values()]

    assert shape(case_id) == shape(born.case("fire", 1111))
    assert case_of(store, case_id).wake_ms == NOON_MS + 30_000


def test_a_case_that_somebody_works_on_keeps_what_was_begun_when_its_category_rises(store: Store) -> None:
    house = HandledSite(store)
    case_id = house.case("intrusion", 1130)
    set_case(store, case_id, state="claimed", answered_ms=NOON_MS + 5, category="hold-up", urgency=1)
    with store.begin() as tx:
        planning.recategorised(tx, case_id, NOON_MS + 10)
    tasks = tasks_of(store, case_id)
    assert {"police", "look-at-pictures"} < {key for key, task in tasks.items() if task.done_by is None}
    assert tasks["guard:not-verified"].done_by is None
    for key in ("verify-password", "police:confirmed"):
        assert (tasks[key].state, tasks[key].done_by) == ("not-needed", "system")


def test_a_guard_on_the_way_is_not_sent_again_when_the_alarm_turns_out_to_be_a_fire(store: Store) -> None:
    house = HandledSite(store)
    desk = Desk(store, house.case("intrusion", 1130)).claim().do("look-at-pictures", "nothing-seen")
    desk.do("verify-password", "no-answer").do("guard", "sent")
    set_case(store, desk.case_id, category="fire", urgency=0)
    with store.begin() as tx:
        planning.recategorised(tx, desk.case_id, NOON_MS)
    tasks = tasks_of(store, desk.case_id)
    assert "guard:nobody-looked" not in tasks
    assert tasks["guard:not-verified"].result == "sent"
    assert desk.next()[:2] == ["fire-neighbour", "guard-report"]


def test_the_guard_s_task_says_whether_there_is_a_key(store: Store) -> None:
    with_key = HandledSite(store, "A", key_service=True, guard="Väktarna")
    assert tasks_of(store, with_key.case("tamper", 1144))["guard:not-verified"].text.startswith("Väktarna has the key")
    without = HandledSite(store, "B")
    assert "from outside" in tasks_of(store, without.case("tamper", 1144))["guard:not-verified"].text


def test_a_test_asks_for_the_password_and_calls_nobody_else_at_once(store: Store) -> None:
    house = HandledSite(store)
    tasks = tasks_of(store, house.case("intrusion", 1130, test=True))
    assert {row.kind for row in tasks.values()} == {"verify-password", "call-contact"}


def test_every_category_has_a_plan_whose_kinds_and_conditions_are_known() -> None:
    assert set(URGENCY) <= set(PLANS)
    for plan in PLANS.values():
        assert all(step.kind in steps.RESULTS and step.only_if in steps.CONDITIONS for step in plan)
    assert all(PLANS[category][-1].kind == "feedback" for category in ALARMS)
    assert all(len(name) <= 20 for name in (*steps.RESULTS, *steps.CONDITIONS))
    assert all(len(result) <= 20 for results in steps.RESULTS.values() for result in results)


def test_an_incident_has_no_site_and_is_planned_all_the_same(store: Store) -> None:
    with store.begin() as tx:
        case_id = add(tx, alarm_case, **case_values("power", "incident", NOON_MS), region="Norr", sites=50_000)
        planning.begin(tx, case_id, NOON_MS)
    assert list(tasks_of(store, case_id)) == ["service-task"]


def test_a_cancelled_alarm_closes_by_itself_and_the_customer_is_texted_and_not_called(store: Store) -> None:
    house = HandledSite(store)
    case_id = house.case("intrusion", 1130)
    for _ in range(2):
        with store.begin() as tx:
            planning.closed_by_itself(tx, case_id, "cancelled-by-user", NOON_MS + 1000)
    case = case_of(store, case_id)
    assert (case.state, case.outcome, case.closed_ms, case.wake_ms) == (
        "closed",
        "cancelled-by-user",
        NOON_MS + 1000,
        None,
    )
    (sent,) = notices_of(store)
    assert (sent.channel, sent.recipient, sent.case) == ("sms", "+46700000001", case_id)
    assert "avbröts med kod" in sent.text
    tasks = tasks_of(store, case_id)
    assert tasks["feedback"].result == "texted"
    assert {row.state for key, row in tasks.items() if key != "feedback"} == {"not-needed"}
    assert log_kinds(store, case_id)[:3] == ["planned", "feedback", "closed"]


def test_a_case_that_went_into_another_one_tells_the_customer_nothing(store: Store) -> None:
    house = HandledSite(store)
    case_id = house.case("intrusion", 1130)
    with store.begin() as tx:
        planning.closed_by_itself(tx, case_id, "merged", NOON_MS)
    assert notices_of(store) == []


def test_nothing_is_written_after_a_hold_up_however_it_ends(store: Store) -> None:
    case_id = HandledSite(store).case("hold-up", 1121)
    with store.begin() as tx:
        planning.closed_by_itself(tx, case_id, "restored", NOON_MS)
    assert notices_of(store) == []


def test_a_code_at_the_keypad_spares_a_guard_at_a_burglar_alarm_but_not_at_a_fire(store: Store) -> None:
    house = HandledSite(store)
    for category, qcode, key, state in (
        ("intrusion", 1130, "guard:not-verified", "not-needed"),
        ("fire", 1111, "guard:nobody-looked", "open"),
    ):
        case_id = house.case(category, qcode)
        set_case(store, case_id, cancelled_ms=NOON_MS, answered_ms=NOON_MS, state="claimed")
        with store.begin() as tx:
            planning.cancelled(tx, case_id, NOON_MS)
        assert tasks_of(store, case_id)[key].state == state
