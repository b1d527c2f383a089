"""What people may ask of a panel from afar, what it carries, and what they are told came of it."""

import pytest

from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.homes import commands
from hemlarm_cloud.homes.commands import ARM_AWAY, DISARM, LOCK, ON, PICTURE, UNLOCK
from hemlarm_cloud.sites import audit
from hemlarm_cloud.store import Store
from home_support import Home, stored_command
from registered_site import PANEL, SUPERVISOR, VAULT


@pytest.fixture
def home(store: Store) -> Home:
    """A home on each kind of database."""
    return Home(store)


def test_a_command_goes_under_the_persons_name_and_number_for_a_minute(home: Home) -> None:
    row = stored_command(home.store, home.ask(home.bo, ARM_AWAY))
    assert (row.requested_by, row.user, row.verb, row.argument) == ("customer:c", 2, ARM_AWAY, 1)
    assert (row.expires_ms - row.created_ms, row.state, row.code) == (60_000, "queued", None)


def test_somebody_the_panel_does_not_know_asks_as_user_0(home: Home) -> None:
    assert stored_command(home.store, home.ask(home.cia, ARM_AWAY)).user == 0


def test_a_c_arms_and_opens_nothing(home: Home) -> None:
    home.ask(home.cia, ARM_AWAY)
    for verb, argument in ((DISARM, 1), (ON, 1), (UNLOCK, 2)):
        with pytest.raises(RefusedError):
            home.ask(home.cia, verb, argument, "1234")
    with home.store.read() as reading:
        may = commands.may(reading, home.cia, home.site, home.now_ms)
    assert [verb for verb in (ARM_AWAY, DISARM, ON, LOCK, UNLOCK, PICTURE) if may[verb]] == [ARM_AWAY]


def test_pictures_are_for_the_centre_alone(home: Home) -> None:
    with pytest.raises(RefusedError, match="receiving centre"):
        home.ask(home.anna, PICTURE, 2)
    home.ask(SUPERVISOR, PICTURE, 2)


def test_nobody_of_the_centre_arms_a_home_of_its_own_accord(home: Home) -> None:
    with pytest.raises(RefusedError, match="on whose behalf"):
        home.ask(SUPERVISOR, DISARM)
    home.ask(SUPERVISOR.on_behalf_of(home.ids.a), DISARM)


def test_another_tenants_panel_cannot_be_asked_nor_its_answers_seen(home: Home) -> None:
    asked, stranger = home.ask(home.anna, ARM_AWAY), home.ids.others_account()
    with home.store.begin() as tx, pytest.raises(NotFoundError):
        commands.ask(tx, VAULT, stranger, 9, home.site, PANEL, ARM_AWAY, 1, home.now_ms, home.random)
    with home.store.begin() as tx, pytest.raises(NotFoundError):
        commands.ask(tx, VAULT, stranger, 9, home.ids.other_site, PANEL, ARM_AWAY, 1, home.now_ms, home.random)
    with home.store.read() as reading, pytest.raises(NotFoundError):
        commands.outcome(reading, stranger, asked)


def test_where_disarming_takes_a_code_it_is_sealed_for_this_command_alone(store: Store) -> None:
    home = Home(store, remote_disarm="code")
    with pytest.raises(InvalidError, match="code"):
        home.ask(home.anna, DISARM)
    row = stored_command(store, home.ask(home.anna, DISARM, code="2580"))
    assert b"2580" not in row.code
    assert VAULT.open_sealed(commands.CODE_PURPOSE, row.id.hex(), row.code) == b"2580"


def test_arming_carries_no_code_even_if_one_was_typed(home: Home) -> None:
    assert stored_command(home.store, home.ask(home.anna, ARM_AWAY, code="2580")).code is None


def test_what_the_household_never_allows_is_refused_before_it_is_sent(store: Store) -> None:
    home = Home(store, remote_disarm="never")
    with pytest.raises(RefusedError, match="keypad"):
        home.ask(home.anna, DISARM, code="2580")


@pytest.mark.parametrize("code", ["123", "1234567", "12a4", "\N{FULLWIDTH DIGIT ONE}234", "12 4"])
def test_what_cannot_be_a_code_is_named_and_never_repeated(home: Home, code: str) -> None:
    with pytest.raises(InvalidError) as told:
        home.ask(home.anna, UNLOCK, 2, code)
    assert code not in str(told.value)


@pytest.mark.parametrize(("verb", "argument"), [(ARM_AWAY, 2), (ON, 2), (LOCK, 1), (ON, 9), (99, 1), (ARM_AWAY, 0)])
def test_what_the_panel_does_not_have_is_refused_before_it_is_sent(home: Home, verb: int, argument: int) -> None:
    with pytest.raises(InvalidError):
        home.ask(home.anna, verb, argument)


def test_somebody_who_presses_again_and_again_fills_no_queue(home: Home) -> None:
    for _ in range(commands.UNANSWERED_MAX):
        home.ask(home.anna, ARM_AWAY)
    with pytest.raises(ConflictError, match="not answered"):
        home.ask(home.anna, ARM_AWAY)
    home.now_ms += commands.LIFE_MS
    home.ask(home.anna, ARM_AWAY)


def test_a_person_is_told_that_it_was_done_or_which_zone_refused_or_that_no_answer_came(home: Home) -> None:
    done, refused, silent = (home.ask(home.anna, ARM_AWAY) for _ in range(3))
    home.answer(done, True, 17)
    home.answer(refused, False, 2)
    with home.store.read() as reading:
        assert commands.outcome(reading, home.bo, done).state == "done"
        told = commands.outcome(reading, home.bo, refused)
        assert (told.state, told.why, told.detail, told.name) == ("refused", "zone", 2, "Köksfönster")
        assert commands.outcome(reading, home.bo, silent, home.now_ms).state == "waiting"
        assert commands.outcome(reading, home.bo, silent, home.now_ms + commands.LIFE_MS).state == "no-answer"


def test_what_was_asked_is_in_the_audit_log_and_in_the_households_own_without_the_code(home: Home) -> None:
    home.ask(home.bo, DISARM, code="2580")
    assert [each.verb for each in home.read(commands.history)] == [DISARM]
    with home.store.read() as reading:
        entry = [each for each in audit.entries(reading, SUPERVISOR, limit=500) if each["action"] == "command"][-1]
    assert (entry["actor"], entry["on_behalf_of"]) == ("customer:c", home.ids.b)
    assert "2580" not in str(entry)


def test_a_panel_that_was_revoked_obeys_no_more(home: Home) -> None:
    with home.store.begin() as tx:
        tx.revoke_panel(PANEL, home.now_ms)
    with pytest.raises(ConflictError, match="taken out of use"):
        home.ask(home.anna, ARM_AWAY)


def test_an_account_without_a_person_asks_for_nothing(home: Home) -> None:
    with pytest.raises(RefusedError):
        home.ask(Actor("customer:c", Role.CUSTOMER, customer=home.ids.customer), ARM_AWAY)
