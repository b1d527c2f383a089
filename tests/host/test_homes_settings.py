"""What a household sets by itself: within the installer's limits, tighter from afar and looser at the keypad alone."""

from typing import Any

import pytest
from sqlalchemy import insert

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.homes import settings
from hemlarm_cloud.homes.settings import Bounds, Wanted
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_homes import setting_limit
from hemlarm_protocol import cbor
from home_support import Home
from registered_site import PANEL


@pytest.fixture
def home(store: Store) -> Home:
    """A home on each kind of database."""
    return Home(store)


def _ask(home: Home, wanted: Wanted, actor: Actor | None = None, revision: int = 1) -> bytes | None:
    with home.store.begin() as tx:
        asked = (actor or home.anna, home.site, PANEL, wanted, revision, home.now_ms, home.random)
        return settings.ask(tx, *asked)


def _edits(home: Home, change: bytes | None) -> Any:
    assert change is not None
    with home.store.read() as reading:
        stored = reading.change(change)
    assert stored is not None
    return cbor.decode(stored.edits)


def test_settings_are_those_that_the_panel_told(home: Home) -> None:
    (shown,) = home.read(settings.shown)
    assert (shown.revision, shown.chime, shown.areas) == (1, True, [settings.Area(1, 30, 60)])
    assert shown.zones[0] == settings.Zone(1, "Ytterdörr", True)
    assert shown.limits == {"remote_disarm": "always", "remote_unlock": "code"}


def test_a_change_names_only_what_differs_and_the_revision_it_was_based_on(home: Home) -> None:
    wanted = Wanted(True, {1: {"entry_s": 45, "exit_s": 60}}, {1: "Ytterdörr", 2: "Kök"}, {1: False, 2: False})
    asked = _ask(home, wanted)
    assert _edits(home, asked) == [
        ["areas", 1, {"entry_s": 45}],
        ["zones", 1, {"chime": False}],
        ["zones", 2, {"name": "Kök"}],
    ]
    with home.store.read() as reading:
        change = reading.change(asked or b"")
    assert change
    assert (change.base, change.user, change.requested_by) == (1, 1, "customer:c")


def test_what_would_change_nothing_is_not_sent(home: Home) -> None:
    assert _ask(home, Wanted(True, {1: {"entry_s": 30}}, {1: "Ytterdörr"})) is None


def test_the_programs_own_limits_hold_until_the_installer_sets_others(home: Home) -> None:
    with pytest.raises(InvalidError, match="entry_s"):
        _ask(home, Wanted(delays={1: {"entry_s": 90}}))
    with home.store.begin() as tx:
        row = {"site": home.site, "setting": "entry_s", "least": 20, "most": 90}
        tx.connection.execute(insert(setting_limit), row)
    with home.store.read() as reading:
        assert settings.bounds(reading, home.site)["entry_s"] == Bounds(20, 90)
    assert _edits(home, _ask(home, Wanted(delays={1: {"entry_s": 90}}))) == [["areas", 1, {"entry_s": 90}]]
    with pytest.raises(InvalidError, match="entry_s"):
        _ask(home, Wanted(delays={1: {"entry_s": 10}}))


def test_a_delay_beyond_the_limits_that_the_installer_set_may_stay_as_it_is(store: Store) -> None:
    home = Home(store, areas=[{"number": 1, "entry_s": 240, "exit_s": 60}])
    wanted = Wanted(delays={1: {"entry_s": 240, "exit_s": 90}})
    assert _edits(home, _ask(home, wanted)) == [["areas", 1, {"exit_s": 90}]]


def test_limits_get_tighter_from_afar_and_looser_at_the_keypad_alone(home: Home) -> None:
    tightened = _ask(home, Wanted(limits={"remote_disarm": "code", "remote_unlock": "never"}))
    assert _edits(home, tightened) == [["panel", 0, {"remote_disarm": "code", "remote_unlock": "never"}]]
    with pytest.raises(InvalidError, match="keypad"):
        _ask(home, Wanted(limits={"remote_unlock": "always"}))


@pytest.mark.parametrize("name", ["", "sixteen letters.."])
def test_a_name_is_what_the_keypads_display_can_show(home: Home, name: str) -> None:
    if name:
        with pytest.raises(InvalidError, match="zone 2"):
            _ask(home, Wanted(names={2: name}))
        with pytest.raises(InvalidError, match="western Europe"):
            _ask(home, Wanted(names={2: "Łazienka"}))
    else:
        assert _edits(home, _ask(home, Wanted(names={2: name}))) == [["zones", 2, {"name": ""}]]


def test_only_an_a_of_this_home_changes_its_settings(home: Home) -> None:
    for actor in (home.bo, home.cia):
        with pytest.raises(RefusedError):
            _ask(home, Wanted(chime=False), actor)
    with pytest.raises(NotFoundError):
        _ask(home, Wanted(chime=False), home.ids.others_account())


def test_who_saw_an_older_revision_is_asked_to_look_again(home: Home) -> None:
    home.configure(2)
    with pytest.raises(ConflictError, match="look at it again"):
        _ask(home, Wanted(chime=False))


@pytest.mark.parametrize(
    ("section", "wanted"), [("area", Wanted(delays={9: {"entry_s": 40}})), ("zone", Wanted(names={99: "x"}))]
)
def test_what_the_panel_does_not_have_is_named(home: Home, section: str, wanted: Wanted) -> None:
    with pytest.raises(InvalidError, match=section):
        _ask(home, wanted)


def test_a_person_sees_what_waits_what_was_taken_and_why_the_panel_refused(home: Home) -> None:
    asked = _ask(home, Wanted(chime=False)) or b""

    def state() -> tuple[str, str]:
        (told,) = home.read(settings.asked, home.now_ms)
        return told.state, told.reason

    assert state() == ("waiting", "")
    with home.store.begin() as tx:
        tx.explain_change(asked, PANEL, "panel.chime: only at the keypad")
        tx.set_change_state(asked, "failed", home.now_ms, 3, 0, PANEL)
    assert state() == ("refused", "panel.chime: only at the keypad")


def test_a_change_that_no_panel_answered_ends(home: Home) -> None:
    _ask(home, Wanted(chime=False))
    home.now_ms += settings.LIFE_MS
    (told,) = home.read(settings.asked, home.now_ms)
    assert told.state == "no-answer"
