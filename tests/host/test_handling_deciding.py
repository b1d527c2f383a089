"""What comes next in a case: the order of a plan, and what each result opens and makes needless."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemlarm_cloud.handling import steps
from hemlarm_cloud.handling.deciding import Task, next_tasks, verdicts
from hemlarm_cloud.handling.default_plans import PLANS, Step

PEOPLE = {steps.CALL_CONTACT: 2, steps.FIRE_NEIGHBOUR: 2}


def tasks_of(category: str, **results: str) -> list[Task]:
    """The tasks of a default plan with two contacts and two fire neighbours, with these results.

    A result is named by its kind with underscores, and by a number where there are two people: call_contact_2.
    """
    plan: list[Step] = []
    for step in PLANS[category]:
        plan += [step] * PEOPLE.get(step.kind, 1)
        if step.kind == steps.GUARD:
            plan.append(Step(steps.GUARD_REPORT, "guard-sent"))
    made, counted = [], dict.fromkeys(steps.RESULTS, 0)
    for step in plan:
        counted[step.kind] += 1
        name = step.kind.replace("-", "_") + (f"_{counted[step.kind]}" if step.kind in PEOPLE else "")
        result = results.get(name) if counted[step.kind] == 1 or step.kind in PEOPLE else None
        made.append(Task(step.kind, step.only_if, result, result is not None))
    return made


def following(tasks: list[Task], *given_facts: str) -> list[str]:
    """What to do now, by kind."""
    return [tasks[index].kind for index in next_tasks(tasks, frozenset(given_facts))]


def test_at_a_fire_the_pictures_are_looked_at_first_and_nothing_else_is_done() -> None:
    assert following(tasks_of("fire")) == ["look-at-pictures"]


def test_smoke_on_the_picture_calls_the_fire_brigade_at_once_and_no_neighbour() -> None:
    tasks = tasks_of("fire", look_at_pictures="smoke-or-fire")
    assert following(tasks)[0] == "fire-brigade"
    assert "fire-neighbour" not in following(
        tasks_of("fire", look_at_pictures="smoke-or-fire", verify_password="no-answer")
    )


def test_without_smoke_and_with_nobody_at_home_the_fire_neighbour_is_asked() -> None:
    tasks = tasks_of("fire", look_at_pictures="nothing-seen", verify_password="no-answer")
    assert following(tasks)[0] == "fire-neighbour"
    assert "fire-brigade" not in following(tasks)


@pytest.mark.parametrize("seen", ["nothing-seen", "no-pictures"])
def test_somebody_at_home_who_says_all_is_well_ends_it(seen: str) -> None:
    tasks = tasks_of("fire", look_at_pictures=seen, verify_password="right-password")
    assert following(tasks) == ["feedback"]


def test_a_neighbour_who_sees_fire_calls_the_fire_brigade() -> None:
    tasks = tasks_of("fire", look_at_pictures="no-pictures", verify_password="no-answer", fire_neighbour_1="sees-fire")
    assert following(tasks)[0] == "fire-brigade"


def test_a_neighbour_who_sees_nothing_needs_no_second_one_and_no_guard() -> None:
    told = {"look_at_pictures": "no-pictures", "verify_password": "no-answer", "fire_neighbour_1": "sees-nothing"}
    assert following(tasks_of("fire", **told)) == ["feedback"]
    assert following(tasks_of("fire", **told, call_contact_1="takes-over")) == ["feedback"]


def test_neighbours_and_contacts_are_asked_one_after_the_other() -> None:
    told = {"look_at_pictures": "no-pictures", "verify_password": "no-answer"}
    assert following(tasks_of("fire", **told)).count("fire-neighbour") == 1
    tasks = tasks_of("fire", **told, fire_neighbour_1="no-answer")
    assert [index for index in next_tasks(tasks, frozenset()) if tasks[index].kind == "fire-neighbour"] == [3]


def test_with_no_neighbour_to_look_a_guard_goes_and_with_no_guard_the_fire_brigade() -> None:
    told = {"look_at_pictures": "no-pictures", "verify_password": "no-answer"}
    told |= {"fire_neighbour_1": "no-answer", "fire_neighbour_2": "cannot-look"}
    assert "guard" in following(tasks_of("fire", **told))
    assert following(tasks_of("fire", **told, guard="not-available"))[0] == "fire-brigade"
    assert "guard-report" in following(tasks_of("fire", **told, guard="sent"))
    assert following(tasks_of("fire", **told, guard="sent", guard_report="fire"))[0] == "fire-brigade"


def test_at_a_hold_up_the_police_are_called_and_the_site_is_not() -> None:
    assert following(tasks_of("hold-up")) == ["police", "look-at-pictures"]
    assert not {"verify-password", "call-contact"} & {step.kind for step in PLANS["hold-up"]}


def test_a_right_password_ends_a_burglar_alarm_without_guard_or_police() -> None:
    tasks = tasks_of("intrusion", look_at_pictures="nothing-seen", verify_password="right-password")
    assert following(tasks) == ["feedback"]
    assert following(tasks, "probable") == ["feedback"]


def test_a_wrong_password_brings_the_contacts_and_a_guard() -> None:
    tasks = tasks_of("intrusion", look_at_pictures="no-pictures", verify_password="wrong-password")
    assert following(tasks) == ["call-contact", "guard"]


def test_two_detectors_or_an_intruder_on_a_picture_bring_the_police() -> None:
    assert following(tasks_of("intrusion"), "probable") == ["police", "look-at-pictures"]
    assert following(tasks_of("intrusion", look_at_pictures="intruder"))[0] == "police"


def test_a_guard_who_finds_a_break_in_brings_the_police_though_the_password_was_right() -> None:
    told = {"look_at_pictures": "no-pictures", "verify_password": "wrong-password", "call_contact_1": "all-well"}
    assert following(tasks_of("intrusion", **told, guard="sent", guard_report="break-in"))[0] == "police"


def test_the_customer_is_told_when_all_else_is_done() -> None:
    told = {"look_at_pictures": "no-pictures", "verify_password": "no-answer", "call_contact_1": "takes-over"}
    assert "feedback" not in following(tasks_of("intrusion", **told, guard="sent"))
    assert following(tasks_of("intrusion", **told, guard="sent", guard_report="nothing-found")) == ["feedback"]


def test_taking_a_detector_down_asks_for_the_password_first() -> None:
    assert following(tasks_of("tamper")) == ["verify-password"]
    assert following(tasks_of("tamper", verify_password="right-password")) == ["feedback"]


def _task_strategy() -> st.SearchStrategy[Task]:
    kinds = st.sampled_from(sorted(steps.RESULTS))

    def of_kind(kind: str) -> st.SearchStrategy[Task]:
        result = st.sampled_from([None, None, *sorted(steps.RESULTS[kind])])
        conditions = st.sampled_from(sorted(steps.CONDITIONS))
        return st.builds(lambda only_if, got: Task(kind, only_if, got, got is not None), conditions, result)

    return kinds.flatmap(of_kind)


GIVEN = st.frozensets(st.sampled_from(["key", "probable", "verified"]))


@given(st.lists(_task_strategy(), max_size=12), GIVEN)
def test_no_plan_stands_still_while_something_may_still_be_needed(tasks: list[Task], facts: frozenset[str]) -> None:
    judged = verdicts(tasks, facts)
    undone = [index for index, task in enumerate(tasks) if not task.settled and judged[index] is not False]
    assert bool(undone) == bool(next_tasks(tasks, facts))
    assert set(next_tasks(tasks, facts)) <= {index for index in undone if judged[index]}


@given(st.lists(_task_strategy(), max_size=12), GIVEN)
def test_fire_brigade_and_police_come_before_all_else(tasks: list[Task], facts: frozenset[str]) -> None:
    kinds = [tasks[index].kind in steps.EMERGENCY for index in next_tasks(tasks, facts)]
    assert kinds == sorted(kinds, reverse=True)
