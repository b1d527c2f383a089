"""Who may have what changed: the levels A, B, C, and installers with their papers."""

from collections.abc import Iterable

import pytest

from hemlarm_cloud.actor import SYSTEM, Actor, Role
from hemlarm_cloud.errors import InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.sites import authority, levels, lists
from hemlarm_cloud.sites.authority import ACTIONS, Standing, may
from hemlarm_cloud.store import Store
from registered_site import LATER_MS, LETTER, MONITOR, NOW_MS, OPERATOR, SUPERVISOR, Registered, register

# Written from the requirements, not from the code: who may, of A, B, C, and an installer with all papers (I).
EXPECTED = {
    "see-site": "ABCI",
    "see-people": "ABC",
    "change-site": "A",
    "change-contacts": "A",
    "change-plan": "A",
    "change-lists": "A",
    "change-password": "AI",
    "change-level": "AI",
    "order-reports": "AB",
    "end-contract": "A",
    "service-burglary": "ABCI",
    "service-hold-up": "ABI",
    "service-fire": "ABI",
    "service-technical": "ABCI",
    "arm": "ABC",
    "disarm": "AB",
    "bypass": "AB",
    "outputs": "AB",
    "unlock": "AB",
    "change-map": "AI",
    "change-settings": "AI",
    "provision": "AI",
}

APPROVED = Standing("I", None, LATER_MS, None)
CERTIFIED = Standing("I", None, None, LATER_MS)
NO_PAPERS = Standing("I")
ALL_PAPERS = Standing("I", None, LATER_MS, LATER_MS)


def allowed(action: str) -> str:
    standings = {"A": Standing("A"), "B": Standing("B"), "C": Standing("C"), "I": ALL_PAPERS}
    return "".join(level for level, standing in standings.items() if may(action, [standing], NOW_MS))


def test_each_action_is_for_the_levels_that_the_centre_promised() -> None:
    assert {action: allowed(action) for action in ACTIONS} == EXPECTED


def test_nobody_without_a_level_may_do_anything() -> None:
    assert not any(may(action, [], NOW_MS) for action in ACTIONS)


@pytest.mark.parametrize(
    ("action", "kinds", "enough", "lacking"),
    [
        ("service-burglary", (), APPROVED, CERTIFIED),
        ("service-hold-up", (), APPROVED, CERTIFIED),
        ("service-fire", (), CERTIFIED, APPROVED),
        ("change-password", (), APPROVED, CERTIFIED),
        ("change-password", ("fire",), CERTIFIED, APPROVED),
        ("change-level", ("burglary",), APPROVED, CERTIFIED),
        ("change-level", ("burglary", "fire"), ALL_PAPERS, APPROVED),
        ("change-password", ("burglary", "fire"), ALL_PAPERS, CERTIFIED),
        ("service-burglary", ("fire",), ALL_PAPERS, CERTIFIED),
    ],
)
def test_an_installer_needs_the_papers_for_the_kind_of_alarm(
    action: str, kinds: Iterable[str], enough: Standing, lacking: Standing
) -> None:
    assert may(action, [enough], NOW_MS, kinds)
    assert not may(action, [lacking], NOW_MS, kinds)
    assert not may(action, [NO_PAPERS], NOW_MS, kinds)


def test_an_installer_without_papers_may_still_put_technical_alarms_into_service() -> None:
    assert may("service-technical", [NO_PAPERS], NOW_MS)
    assert may("change-password", [NO_PAPERS], NOW_MS, ("technical",))


def test_papers_and_levels_hold_until_their_moment_and_not_at_it() -> None:
    for standing, action in (
        (Standing("I", None, NOW_MS, None), "service-burglary"),
        (Standing("I", None, None, NOW_MS), "service-fire"),
        (Standing("A", NOW_MS), "change-contacts"),
        (Standing("I", NOW_MS, LATER_MS, LATER_MS), "service-technical"),
    ):
        assert may(action, [standing], NOW_MS - 1)
        assert not may(action, [standing], NOW_MS)


def test_the_better_of_two_lists_counts() -> None:
    assert may("change-contacts", [Standing("C"), Standing("A")], NOW_MS)
    assert may("service-fire", [Standing("C"), CERTIFIED], NOW_MS)


def test_papers_of_two_lists_do_not_add_up() -> None:
    assert not may("change-level", [APPROVED, CERTIFIED], NOW_MS, ("burglary", "fire"))


def test_a_refusal_says_who_may_and_what_is_missing() -> None:
    told = authority.refusal("service-fire", [Standing("C"), APPROVED], NOW_MS)
    assert told == (
        "service-fire takes a person with authority A or B or an installer on the company's list; "
        "the installer company has no valid fire certificate on file; this person has C here"
    )


def expect(store: Store, actor: Actor, site: int, action: str, now_ms: int = NOW_MS) -> None:
    with store.read() as reading:
        authority.expect(reading, actor, site, action, now_ms)


def test_an_operator_acts_with_the_authority_of_the_person_who_asked(store: Store) -> None:
    there = register(store)
    expect(store, OPERATOR.on_behalf_of(there.a), there.site, "change-contacts")
    for person in (there.b, there.c, there.nobody, there.fitter):
        with pytest.raises(RefusedError, match=f"person {person} may not do this at site {there.site}: change-con"):
            expect(store, OPERATOR.on_behalf_of(person), there.site, "change-contacts")
    with pytest.raises(RefusedError, match="say on whose behalf"):
        expect(store, OPERATOR, there.site, "change-contacts")


def test_authority_ends_at_the_sites_of_the_list(store: Store) -> None:
    there = register(store)
    for site in (there.second_site, there.other_site):
        with pytest.raises(RefusedError):
            expect(store, OPERATOR.on_behalf_of(there.a), site, "change-contacts")


def test_one_list_gives_its_levels_at_each_of_its_sites(store: Store) -> None:
    there = register(store)
    with store.begin() as tx:
        seen = lists.expect(tx, SYSTEM, there.list).version
        lists.cover(tx, SYSTEM, there.list, there.second_site, seen, NOW_MS)
    for site in (there.site, there.second_site):
        expect(store, OPERATOR.on_behalf_of(there.a), site, "change-contacts")
        expect(store, OPERATOR.on_behalf_of(there.c), site, "service-burglary")


def test_a_supervisor_needs_nobody_unless_somebody_asked(store: Store) -> None:
    there = register(store)
    expect(store, SUPERVISOR, there.site, "change-contacts")
    with pytest.raises(RefusedError, match="this person has C here"):
        expect(store, SUPERVISOR.on_behalf_of(there.c), there.site, "change-contacts")


def test_a_monitor_changes_nothing(store: Store) -> None:
    there = register(store)
    for action in set(ACTIONS) - {"see-site", "see-people"}:
        with pytest.raises(RefusedError):
            expect(store, MONITOR, there.site, action)
        with pytest.raises(RefusedError):
            expect(store, MONITOR.on_behalf_of(there.a), there.site, action)
    expect(store, MONITOR, there.site, "see-site")


def test_a_customers_account_has_its_own_persons_authority_at_its_own_sites(store: Store) -> None:
    there = register(store)
    expect(store, there.customers_account(there.a), there.site, "change-contacts")
    with pytest.raises(RefusedError):
        expect(store, there.customers_account(there.b), there.site, "change-contacts")
    with pytest.raises(RefusedError, match="belongs to no person"):
        expect(store, there.customers_account(), there.site, "change-contacts")
    with pytest.raises(NotFoundError):
        expect(store, there.customers_account(there.a), there.other_site, "see-site")


def test_an_installer_with_an_expired_fire_certificate_is_refused_for_fire_only(store: Store) -> None:
    there = register(store)
    for actor in (there.installers_account(), OPERATOR.on_behalf_of(there.fitter)):
        expect(store, actor, there.site, "service-fire", LATER_MS - 1)
        expect(store, actor, there.site, "service-technical", LATER_MS)
        with pytest.raises(RefusedError, match="no valid fire certificate"):
            expect(store, actor, there.site, "service-fire", LATER_MS)
        with pytest.raises(RefusedError, match="no valid police approval"):
            expect(store, actor, there.site, "service-burglary", LATER_MS)


def test_an_account_uses_the_lists_of_its_own_kind_only(store: Store) -> None:
    """A person on an installer's list, named by a customer's account, has no installer's authority through it."""
    there = register(store)
    confused = Actor("customer:x", Role.CUSTOMER, there.fitter, customer=there.customer)
    with pytest.raises(RefusedError):
        expect(store, confused, there.site, "service-technical")
    confused = Actor("installer:x", Role.INSTALLER, there.a, installer=there.company)
    with pytest.raises(RefusedError):
        expect(store, confused, there.site, "service-technical")


def give(store: Store, actor: Actor, there: Registered, person: int, level: str, reason: str = LETTER) -> None:
    with store.begin() as tx:
        seen = lists.expect(tx, SYSTEM, there.list).version
        levels.give(tx, actor, there.list, person, level, seen, NOW_MS, reason=reason)


def test_levels_are_changed_by_an_a_or_an_installer_on_the_companys_list(store: Store) -> None:
    there = register(store)
    give(store, OPERATOR.on_behalf_of(there.a), there, there.nobody, "C")
    give(store, OPERATOR.on_behalf_of(there.fitter), there, there.nobody, "B")
    give(store, there.customers_account(there.a), there, there.nobody, "A")
    for person in (there.b, there.c, there.neighbour):
        with pytest.raises(RefusedError):
            give(store, OPERATOR.on_behalf_of(person), there, there.c, "B")
    with store.read() as reading:
        held = {row["person"]: row["level"] for row in levels.levels(reading, SYSTEM, there.list)}
    assert held == {there.a: "A", there.b: "B", there.c: "C", there.nobody: "A"}


def test_an_installer_makes_nobody_an_a_and_unmakes_none(store: Store) -> None:
    there = register(store)
    fitter = OPERATOR.on_behalf_of(there.fitter)
    with pytest.raises(RefusedError, match="change-lists takes a person with authority A"):
        give(store, fitter, there, there.c, "A")
    with pytest.raises(RefusedError):
        give(store, fitter, there, there.a, "C")
    with pytest.raises(RefusedError), store.begin() as tx:
        levels.take(tx, fitter, there.list, there.a, lists.expect(tx, SYSTEM, there.list).version, NOW_MS, LETTER)


def test_what_lasts_is_asked_for_in_writing(store: Store) -> None:
    there = register(store)
    with pytest.raises(InvalidError, match="which mail or letter"):
        give(store, OPERATOR.on_behalf_of(there.a), there, there.c, "B", reason="")


def test_a_list_that_covers_more_sites_takes_authority_at_all_of_them(store: Store) -> None:
    """The fitter serves one of the two sites."""
    there = register(store)
    with store.begin() as tx:
        seen = lists.expect(tx, SYSTEM, there.list).version
        lists.cover(tx, SYSTEM, there.list, there.second_site, seen, NOW_MS)
    give(store, OPERATOR.on_behalf_of(there.a), there, there.c, "B")
    with pytest.raises(RefusedError, match=f"at site {there.second_site}"):
        give(store, OPERATOR.on_behalf_of(there.fitter), there, there.c, "C")
