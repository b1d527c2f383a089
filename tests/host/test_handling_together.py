"""Two operators on one case at the same moment, each with a connection of their own."""

import threading
from collections.abc import Callable

import pytest

from handled_site import ANNA, BO, NOON_MS, Desk, HandledSite, case_of, log_kinds, tasks_of
from hemlarm_cloud.actor import Actor
from hemlarm_cloud.errors import ConflictError
from hemlarm_cloud.handling import actions, closing, doing
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.transaction import Transaction


def both(store: Store, act: Callable[[Transaction, Actor], object]) -> list[str]:
    """Let two operators do the same thing at once. Returns who succeeded."""
    begin = threading.Barrier(2)
    succeeded: list[str] = []
    refused: list[str] = []

    def work(actor: Actor) -> None:
        begin.wait(10)
        try:
            with store.begin() as tx:
                act(tx, actor)
            succeeded.append(actor.name)
        except ConflictError:
            refused.append(actor.name)

    threads = [threading.Thread(target=work, args=(actor,)) for actor in (ANNA, BO)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(succeeded + refused) == [ANNA.name, BO.name]
    return succeeded


def test_of_two_who_claim_one_case_at_once_one_gets_it(store: Store) -> None:
    house = HandledSite(store)
    for _ in range(10):
        case_id = house.case("intrusion", 1130)

        def claim(tx: Transaction, actor: Actor, case_id: int = case_id) -> None:
            actions.claim(tx, actor, case_id, 0, NOON_MS)

        (winner,) = both(store, claim)
        assert case_of(store, case_id).operator == winner
        assert log_kinds(store, case_id).count("claimed") == 1


def test_of_two_who_finish_one_task_at_once_one_is_told_to_look_again(store: Store) -> None:
    house = HandledSite(store)
    for _ in range(10):
        desk = Desk(store, house.case("hold-up", 1121)).claim()
        task = desk.task("police")

        def finish(tx: Transaction, actor: Actor, desk: Desk = desk, task_id: int = task.id) -> None:
            doing.complete_task(tx, actor, desk.case_id, task_id, "called", actor.name, 0, NOON_MS)

        (winner,) = both(store, finish)
        assert tasks_of(store, desk.case_id)["police"].note == winner
        assert log_kinds(store, desk.case_id).count("task-done") == 1


def test_two_who_do_different_things_at_once_both_get_through(store: Store) -> None:
    desk = Desk(store, HandledSite(store).case("hold-up", 1121)).claim()
    first, second = desk.task("police"), desk.task("look-at-pictures")

    def act(tx: Transaction, actor: Actor) -> None:
        task, result = (first, "called") if actor is ANNA else (second, "nothing-seen")
        doing.complete_task(tx, actor, desk.case_id, task.id, result, "", 0, NOON_MS)

    assert sorted(both(store, act)) == [ANNA.name, BO.name]
    assert {row.result for row in tasks_of(store, desk.case_id).values()} == {"called", "nothing-seen", None}


def test_who_closes_while_a_colleague_has_just_found_something_is_told_to_look_again(store: Store) -> None:
    desk = Desk(store, HandledSite(store).case("service", kind="service")).claim().do("service-task", "ordered")
    seen = desk.version
    with store.begin() as tx:
        doing.add_task(tx, BO, desk.case_id, "call-contact", seen, NOON_MS)
    with store.begin() as tx, pytest.raises(ConflictError, match="changed meanwhile"):
        closing.close(tx, ANNA, desk.case_id, "handled", seen, NOON_MS)
    assert case_of(store, desk.case_id).state != "closed"
