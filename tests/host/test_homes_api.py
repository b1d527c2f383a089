"""The API of homes: areas, readings, commands and their outcomes, each for whose home it is."""

from pathlib import Path

import pytest

import api_support
from hemlarm_cloud.store import Store
from home_support import Home, degrees
from registered_site import PANEL


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home at the moment of the API's tests."""
    return Home(Store.open(f"sqlite:///{tmp_path / 'home.db'}"), api_support.NOW_MS)


def test_areas_and_readings_are_those_of_the_home(home: Home) -> None:
    home.tell(3401, user=1)
    home.measure((1, 7, degrees(215)))
    client = api_support.client(home.store, home.anna)
    (area,) = client.get(f"/sites/{home.site}/arming").json()
    assert (area["state"], area["person"]) == ("away", "Anna Berg")
    shown = client.get(f"/sites/{home.site}/readings").json()
    assert shown["available"] is True
    assert [(each["kind"], each["value"]) for each in shown["items"]] == [
        ("temperature", 215),
        ("plug", None),
        ("lock", None),
    ]


def test_a_command_is_asked_for_answered_and_in_the_log(home: Home) -> None:
    client = api_support.client(home.store, home.bo)
    wanted = {"panel": PANEL, "verb": "unlock", "argument": 2, "code": "2580"}
    made = client.post(f"/sites/{home.site}/commands", json=wanted)
    assert made.status_code == 201
    command = made.json()["id"]
    assert client.get(f"/commands/{command}").json()["state"] == "waiting"
    home.answer(bytes.fromhex(command), False, 3)
    told = client.get(f"/commands/{command}").json()
    assert (told["state"], told["why"]) == ("refused", "wrong-code")
    (asked,) = client.get(f"/sites/{home.site}/commands").json()
    assert (asked["id"], asked["state"]) == (command, "refused")


def test_a_code_that_cannot_be_one_is_refused_and_not_repeated(home: Home) -> None:
    wanted = {"panel": PANEL, "verb": "unlock", "argument": 2, "code": "98765432"}
    refused = api_support.client(home.store, home.anna).post(f"/sites/{home.site}/commands", json=wanted)
    assert refused.status_code == 422
    assert "98765432" not in refused.text


def test_others_find_nothing_of_it(home: Home) -> None:
    command = home.ask(home.anna, 2).hex()
    client = api_support.client(home.store, home.ids.others_account())
    for path in (f"/sites/{home.site}/{what}" for what in ("arming", "readings", "commands")):
        assert client.get(path).status_code == 404
    assert client.get(f"/commands/{command}").status_code == 404
    wanted = {"panel": PANEL, "verb": "disarm", "argument": 1}
    assert client.post(f"/sites/{home.site}/commands", json=wanted).status_code == 404
