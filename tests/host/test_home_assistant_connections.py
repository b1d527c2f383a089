"""Whether a home is told to a Home Assistant is for its own people of level A to say; it is off until they do."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api_support import OPERATOR, SUPERVISOR, client
from assisted_home import AssistedHome
from cloud_terminal import Terminal
from hemlarm_cloud import cli
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.home_assistant import connections
from hemlarm_cloud.home_assistant.connections import Wish
from hemlarm_cloud.sites import audit
from hemlarm_cloud.store import Store
from registered_site import NOW_MS, VAULT

SECRET = "blåsippa-7"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[AssistedHome]:
    store = Store.open(f"sqlite:///{tmp_path / 'store.db'}")
    yield AssistedHome(store)
    store.close()


def kept(home: AssistedHome) -> Any:
    with home.store.read() as reading:
        return connections.show(reading, home.account(), home.site, home.now_ms)


def test_it_looks_only_unless_more_is_asked_for_and_its_password_is_sealed(store: Store) -> None:
    home = AssistedHome(store)
    home.connect("mqtt.example.se:8883", tls=True, user="ha", password=SECRET)
    found = kept(home)
    assert (found.commands, found.tls, found.account, found.prefix) == (False, True, 1, "homeassistant")
    assert SECRET.encode() not in found.secret
    assert connections.password(VAULT, found) == SECRET
    home.connect("mqtt.example.se:8884", user="ha")
    assert connections.password(VAULT, kept(home)) == SECRET
    home.connect("mqtt.example.se:8884", user="ha", password="")
    assert kept(home).secret is None
    assert kept(home).version == 2
    with store.read() as reading:
        told = json.dumps(list(audit.entries(reading, SUPERVISOR)), default=str)
    assert "set-home-assistant" in told
    assert SECRET not in told


def test_only_an_a_and_supervisors_decide(home: AssistedHome) -> None:
    for who in ("bo", "cia"):
        with pytest.raises(RefusedError):
            home.connect(who=who)
    with home.store.begin() as tx:
        wish = Wish("mqtt.example.se:8883", 1)
        for actor in (OPERATOR.on_behalf_of(home.ids.a), home.ids.installers_account()):
            with pytest.raises(RefusedError, match="its own people"):
                connections.keep(tx, VAULT, actor, home.site, wish, NOW_MS)
        with pytest.raises(NotFoundError):
            connections.keep(tx, VAULT, home.ids.others_account(), home.site, wish, NOW_MS)
        with pytest.raises(NotFoundError):
            connections.keep(tx, VAULT, home.account(), home.ids.other_site, wish, NOW_MS)
        connections.keep(tx, VAULT, SUPERVISOR, home.site, wish, NOW_MS)


def test_nobody_lends_somebody_elses_authority(home: AssistedHome) -> None:
    with pytest.raises(InvalidError, match="account"):
        home.connect(account=2)
    with home.store.begin() as tx:
        for account in (None, 99):
            with pytest.raises(InvalidError, match="account"):
                connections.keep(tx, VAULT, SUPERVISOR, home.site, Wish("a.example:1", account), NOW_MS)
        with pytest.raises(InvalidError, match="account"):
            connections.keep(tx, VAULT, SUPERVISOR, home.ids.other_site, Wish("a.example:1", 1), NOW_MS)


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": "mqtt.example.se"}, {"address": "mqtt.example.se:0"}, {"address": "a b:1"}, {"address": "x:1\r\n"},
        {"prefix": ""}, {"prefix": "a/#"}, {"prefix": "a/+/b"}, {"prefix": "/a"}, {"prefix": "x" * 41},
        {"user": "x" * 61}, {"password": "x" * 129},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_is_set(home: AssistedHome, wrong: dict[str, Any]) -> None:
    if wrong == {"address": "x:1\r\n"}:
        wrong = {"address": "x:1\rq"}
    with pytest.raises(InvalidError):
        home.connect(**{"address": "mqtt.example.se:1"} | wrong)
    with pytest.raises(NotFoundError):
        kept(home)


def test_there_is_a_bound(home: AssistedHome, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "CONNECTIONS_MAX", 0)
    with pytest.raises(ConflictError):
        home.connect()


def test_a_problem_is_kept_with_the_connection_it_is_about(home: AssistedHome) -> None:
    home.connect()
    with home.store.begin() as tx:
        connections.put_problem(tx, home.site, 0, "no such host")
        connections.put_problem(tx, home.site, 1, "of another one")
    assert kept(home).problem == "no such host"
    home.connect("mqtt.example.se:1")
    assert kept(home).problem == ""


def test_it_is_set_shown_and_removed_by_the_api(home: AssistedHome) -> None:
    path = f"/sites/{home.site}/home-assistant"
    anna = client(home.store, home.account())
    assert anna.get(path).status_code == 404
    wanted = {"address": "mqtt.example.se:8883", "user": "ha", "password": SECRET}
    answer = anna.put(path, json=wanted)
    assert answer.status_code == 200
    assert answer.json() == {
        "site": home.site, "address": "mqtt.example.se:8883", "account": 1, "tls": True, "user": "ha",
        "has_password": True, "prefix": "homeassistant", "commands": False, "active": True, "problem": "", "version": 0,
    }  # fmt: skip
    assert SECRET not in anna.get(path).text
    for actor, status in ((home.account("bo"), 403), (home.ids.others_account(), 404), (OPERATOR, 403)):
        for method in ("GET", "DELETE"):
            assert client(home.store, actor).request(method, path).status_code == status
    assert anna.put(path, json=wanted | {"address": "nowhere"}).status_code == 422
    assert anna.delete(path).status_code == 204
    assert anna.delete(path).status_code == 404


def test_it_is_set_shown_and_removed_from_a_terminal(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "cloud")
    terminal.run("site", "list")

    def typed(*words: str) -> Result:
        environment = {"HEMLARM_DATA": str(terminal.data), "COLUMNS": "160"}
        return CliRunner().invoke(cli.app, ["home-assistant", *words], env=environment, input=f"{SECRET}\n")

    assert typed("set", "1", "mqtt.example.se:8883", "--account", "1", "--user", "ha").exit_code == 1
    store = terminal.store()
    home = AssistedHome(store)
    store.close()
    site = str(home.site)
    told = typed("set", site, "mqtt.example.se:8883", "--account", "1", "--user", "ha", "--commands")
    assert told.exit_code == 0, told.stderr
    facts = terminal.facts("home-assistant", "show", site)
    assert (facts["user"], facts["commands"], facts["tls"]) == ("ha", True, True)
    assert "secret" not in facts
    assert "mqtt.example.se" in typed("show", site).stdout
    assert SECRET not in typed("show", site).stdout
    assert terminal.run("home-assistant", "remove", site).exit_code == 0
    assert terminal.run("home-assistant", "show", site).exit_code == 1
    wrong = typed("set", site, "nowhere", "--account", "1")
    assert (wrong.exit_code, "Traceback" in wrong.stderr) == (1, False)
