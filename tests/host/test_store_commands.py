"""A command's life in the store."""

import pytest

from hemlarm_cloud.store import Command, CommandState, Panel, Store

ONE, OTHER = "00112233445566ff", "ee112233445566ff"


def make_command(number: int, panel: str = ONE, expires_ms: int = 1_000) -> Command:
    return Command(number.to_bytes(8, "big"), panel, "operator", 1, 2, 3, number, expires_ms)


@pytest.fixture
def store(store: Store) -> Store:
    with store.begin() as tx:
        for panel in (ONE, OTHER):
            tx.add_panel(Panel(panel, panel[:2], b"wrapped", "1f", 0))
        tx.add_command(make_command(1))
        tx.add_command(make_command(2, OTHER))
    return store


def test_a_queued_command_is_due_for_the_worker_of_its_shard(store: Store) -> None:
    with store.read() as reading:
        assert [command.panel for command in reading.due_commands(500)] == [ONE, OTHER]
        assert [command.panel for command in reading.due_commands(500, ("00", "7f"))] == [ONE]
        assert [command.panel for command in reading.due_commands(500, ("80", "ff"))] == [OTHER]


def test_a_sent_command_stays_due_until_it_is_answered(store: Store) -> None:
    first = make_command(1).id
    with store.begin() as tx:
        assert tx.set_command_state(first, "sent", 100)
        assert [command.id for command in tx.due_commands(500, ("00", "00"))] == [first]
        assert tx.set_command_state(first, "done", 200, status=0, detail=9)
        assert tx.due_commands(500, ("00", "00")) == []
        answered = make_command(1)._replace(sent_ms=100, state="done", status=0, detail=9, answered_ms=200)
        assert tx.command(first) == answered


def test_an_expired_command_is_not_due_and_is_marked_once(store: Store) -> None:
    with store.begin() as tx:
        assert tx.due_commands(1_000) == []
        assert tx.expire_commands(999) == 0
        assert tx.expire_commands(1_000) == 2
        assert tx.expire_commands(1_000) == 0


def test_an_answer_counts_even_after_the_time_was_up(store: Store) -> None:
    with store.begin() as tx:
        tx.expire_commands(1_000)
        assert tx.set_command_state(make_command(1).id, "failed", 1_001, status=1)


@pytest.mark.parametrize("state", ["sent", "done", "failed", "expired"])
def test_an_answered_command_never_changes_again(store: Store, state: CommandState) -> None:
    first = make_command(1).id
    with store.begin() as tx:
        assert tx.set_command_state(first, "done", 200, status=0)
        before = tx.command(first)
        assert not tx.set_command_state(first, state, 300, status=1)
        assert tx.command(first) == before


def test_a_panel_cannot_answer_for_another(store: Store) -> None:
    with store.begin() as tx:
        assert not tx.set_command_state(make_command(1).id, "done", 200, status=0, panel=OTHER)
        assert tx.set_command_state(make_command(1).id, "done", 200, status=0, panel=ONE)


def test_a_revoked_panel_has_no_due_commands(store: Store) -> None:
    with store.begin() as tx:
        tx.revoke_panel(ONE, 5)
        assert [command.panel for command in tx.due_commands(500)] == [OTHER]


def test_the_newest_commands_are_listed_oldest_first(store: Store) -> None:
    with store.begin() as tx:
        tx.add_command(make_command(3))
        assert [command.created_ms for command in tx.commands(limit=2)] == [2, 3]
        assert [command.created_ms for command in tx.commands(ONE)] == [1, 3]
        assert tx.command(bytes(8)) is None
