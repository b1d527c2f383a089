"""Releases as people meet them: at a terminal, over the API, and on the desk's page."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from api_support import centre, client
from desk_browser import Desk, told
from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.settings import Settings
from hemlarm_cloud.store import Panel, Store
from hemlarm_cloud.updates.commands import release_app
from hemlarm_protocol import topics, upkeep
from images import TEST_KEY, signed_image
from registered_site import OPERATOR, SUPERVISOR
from release_support import BEFORE, BEGAN_MS, NEW, Fleet, new_url

CUSTOMER = Actor("customer:c", Role.CUSTOMER, customer=1)
INSTALLER = Actor("installer:i", Role.INSTALLER, installer=1)
MONITOR = Actor("monitor:wall", Role.MONITOR)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(new_url(tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def fleet(store: Store) -> Fleet:
    return Fleet(store, 20)


def stopped(fleet: Fleet) -> int:
    """A release that the first panel has stopped."""
    release = fleet.start()
    fleet.step()
    (first,) = fleet.offered(release)
    fleet.tries(first)
    fleet.tells(first, upkeep.ROLLED_BACK, reason=upkeep.CRASHED)
    fleet.step()
    return release


@cache
def one_client() -> TestClient:
    """One for all tests, since an application takes a second to make; `at` puts the centre in its place."""
    return client(Store.open("sqlite://"), SUPERVISOR)


def at(fleet: Fleet, actor: Actor) -> TestClient:
    """The API as this actor has it."""
    made = one_client()
    found = centre(fleet.store, lambda _reading, _token, _now_ms: actor, lambda: fleet.now_ms)
    made.app.state.centre = found  # type: ignore[attr-defined]  # FastAPI's.
    return made


def asked(browser: TestClient, method: str, path: str, status: int, **body: Any) -> Any:
    answer = browser.request(method, path, json=body if method == "POST" else None)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_the_api_starts_shows_pauses_and_takes_back_a_release(fleet: Fleet) -> None:
    browser = at(fleet, SUPERVISOR)
    made = asked(browser, "POST", "/updates/releases", 200, version=NEW, rings="2, 100%", soak_ms=0)["id"]
    shown = asked(browser, "GET", f"/updates/releases/{made}", 200)
    assert [ring["total"] for ring in shown["rings"]] == [2, 18]
    assert asked(browser, "POST", f"/updates/releases/{made}/pause", 200, reason="later")["state"] == "paused"
    assert asked(browser, "POST", f"/updates/releases/{made}/resume", 200)["state"] == "running"
    fleet.step()
    fleet.takes(*fleet.offered(made))
    undone = asked(browser, "POST", f"/updates/releases/{made}/roll-back", 200, reason="it hums")["id"]
    listed = asked(browser, "GET", "/updates/releases", 200)
    assert [(each["id"], each["undoes"], each["state"]) for each in listed] == [
        (undone, made, "running"),
        (made, None, "stopped"),
    ]
    assert {image["version"] for image in asked(browser, "GET", "/updates/images", 200)} == {BEFORE, NEW}
    running = asked(browser, "GET", "/updates/versions", 200)
    assert {each["version"]: each["panels"] for each in running} == {BEFORE: 18, NEW: 2}


@pytest.mark.parametrize("actor", [CUSTOMER, INSTALLER])
def test_releases_are_nothing_to_those_outside_the_centre(fleet: Fleet, actor: Actor) -> None:
    release = fleet.start()
    browser = at(fleet, actor)
    for path in ("images", "versions", "releases", f"releases/{release}"):
        asked(browser, "GET", f"/updates/{path}", 403)
    asked(browser, "POST", "/updates/releases", 403, version=NEW)
    for what in ("pause", "stop", "roll-back", "resume"):
        asked(browser, "POST", f"/updates/releases/{release}/{what}", 403)
    assert fleet.state(release) == "running"


def test_a_monitor_looks_and_an_operator_may_stop_but_not_start(fleet: Fleet) -> None:
    release = fleet.start()
    browser = at(fleet, MONITOR)
    asked(browser, "GET", f"/updates/releases/{release}", 200)
    asked(browser, "POST", f"/updates/releases/{release}/stop", 403)
    browser = at(fleet, OPERATOR)
    asked(browser, "POST", f"/updates/releases/{release}/stop", 200)
    asked(browser, "POST", f"/updates/releases/{release}/resume", 403)
    asked(browser, "POST", "/updates/releases", 403, version=NEW)


def test_what_cannot_be_released_is_told_over_the_api(fleet: Fleet) -> None:
    browser = at(fleet, SUPERVISOR)
    for wrong in ({}, {"rings": "5%"}, {"first": ["x"]}, {"soak_ms": -1}, {"version": 0}, {"boards": ["A B"]}):
        asked(browser, "POST", "/updates/releases", 422, **{"version": NEW, **wrong} if wrong else {})


def test_the_desk_says_that_a_release_stopped_by_itself_until_somebody_takes_note(fleet: Fleet) -> None:
    release = stopped(fleet)
    desk = Desk(fleet.store, "operator", "anna", fleet.now_ms)
    assert f"Utgåva {release} stoppade sig själv" in told(desk.get("/desk/banner"))
    shown = told(desk.get("/desk/releases"))
    assert "Stoppade sig själv" in shown
    assert fleet.in_state(release, "rolled-back")[0] in shown
    assert "kraschade på prov" in shown
    desk.post(f"/desk/releases/{release}/stop")
    assert "stoppade sig själv" not in told(desk.get("/desk/banner"))
    assert "Stoppade sig själv" not in told(desk.get("/desk/releases/part", part=True))


def test_only_a_supervisor_may_go_on_or_take_back_on_the_page(fleet: Fleet) -> None:
    release = stopped(fleet)
    operator = Desk(fleet.store, "operator", "anna", fleet.now_ms, "en")
    assert f"/desk/releases/{release}/resume" not in operator.get("/desk/releases")
    operator.post(f"/desk/releases/{release}/resume", 403)
    supervisor = Desk(fleet.store, "supervisor", "sara", fleet.now_ms, "en")
    assert "Go on all the same" in told(supervisor.get("/desk/releases"))
    supervisor.post(f"/desk/releases/{release}/resume")
    assert fleet.state(release) == "running"
    assert "nobody has it" in told(supervisor.post(f"/desk/releases/{release}/roll-back", 409).text)


class Terminal:
    """A supervisor at a terminal, who does everything by `hemlarm update release`."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def run(self, *words: str, status: int = 0) -> str:
        environment = {"HEMLARM_DATA": str(self.data), "COLUMNS": "120"}
        result = CliRunner().invoke(release_app, list(words), env=environment)
        assert result.exit_code == status, result.output
        return result.output

    def facts(self, *words: str) -> Any:
        return json.loads(self.run(*words, "--json"))


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    made = Terminal(tmp_path)
    (tmp_path / "trust").write_bytes(TEST_KEY.public)
    assert new_url(tmp_path) == Settings(data=tmp_path).database_url
    with Store.open(new_url(tmp_path)).begin() as tx:
        for number in range(1, 5):
            name = f"{number:016x}"
            known = Panel(name, topics.shard(name), b"key", "", BEGAN_MS, board="simulated")
            tx.add_panel(known._replace(firmware=BEFORE, hello_ms=BEGAN_MS))
    return made


def image_file(folder: Path, version: int, **more: Any) -> str:
    made = folder / f"{version}.img"
    made.write_bytes(signed_image(version, **more))
    return str(made)


def test_a_release_from_a_terminal_from_the_image_to_the_status(terminal: Terminal, tmp_path: Path) -> None:
    added = terminal.facts("add", image_file(tmp_path, NEW))["images"]
    assert [(each["version"], each["board"]) for each in added] == [("1.6", "simulated")]
    first = f"{3:016x}"
    release = terminal.facts("start", "1.6", "--rings", "1, 100%", "--soak", "1.5", "--first", first)["release"]
    shown = terminal.facts("status", str(release))
    assert (shown["title"], shown["soak_ms"], [ring["total"] for ring in shown["rings"]]) == ("1.6", 5_400_000, [1, 3])
    words = terminal.run("status")
    assert "Release 1, 1.6, to simulated: running" in words
    assert "not open, 3 panels" in words
    assert "Release 1 is paused" in terminal.run("pause", str(release), "--reason", "tomorrow")
    assert "Release 1 goes on" in terminal.run("resume", str(release))
    assert "Release 1 is stopped" in terminal.run("stop", str(release))
    assert "nobody has it" in terminal.run("roll-back", str(release), status=1)


def test_what_a_terminal_cannot_release_it_is_told_with_the_remedy(terminal: Terminal, tmp_path: Path) -> None:
    assert "hemlarm update release add" in terminal.run("start", "1.6", status=1)
    assert "write it as in 1.6" in terminal.run("start", "1006", status=2)
    assert "No such file" in terminal.run("add", str(tmp_path / "missing.img"), status=1)
    broken = tmp_path / "broken.img"
    broken.write_bytes(b"no image")
    assert "does not begin with HmB1" in terminal.run("add", str(broken), status=1)
    (tmp_path / "trust").unlink()
    assert "hemlarm update keygen" in terminal.run("add", str(broken), status=1)
