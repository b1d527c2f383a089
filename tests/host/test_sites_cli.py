"""`hemlarm cloud` for the register: customers, sites, people, keys, accounts and the audit log, from a terminal."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from cloud_terminal import Terminal
from hemlarm_cloud import cli
from hemlarm_cloud.actor import SYSTEM, Role
from hemlarm_cloud.sites import accounts, passwords
from hemlarm_cloud.vault import Vault


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "cloud")


def add_site(terminal: Terminal) -> dict[str, int]:
    """A customer with a contract, a site, and an A on a list that covers it."""
    made = {"customer": terminal.facts("customer", "add", "1001", "Solveig Berg")["customer"]}
    customer = str(made["customer"])
    dates = ("2026-01-01", "2030-01-01")
    made["contract"] = terminal.facts("contract", "add", customer, "A-1", *dates, "--events", "10")["contract"]
    under = ("--contract", str(made["contract"]), "--town", "Uppsala")
    made["site"] = terminal.facts("site", "add", "V1", customer, "Villa Berg", *under)["site"]
    for name in ("anna", "bo"):
        number = ("--phone", "+46701740605")
        made[name] = terminal.facts("person", "add", name.title(), "--customer", customer, *number)["person"]
    made["list"] = terminal.facts("list", "add", "Family", "--customer", customer)["list"]
    terminal.facts("list", "cover", str(made["list"]), str(made["site"]))
    terminal.facts("list", "level", str(made["list"]), str(made["anna"]), "A")
    return made


def typed(terminal: Terminal, words: list[str], typing: str) -> Any:
    result = CliRunner().invoke(cli.app, words, env={"HEMLARM_DATA": str(terminal.data)}, input=typing)
    assert result.exit_code == 0, result.stderr
    return result


def test_what_is_registered_is_listed_and_shown(terminal: Terminal) -> None:
    made = add_site(terminal)
    (customer,) = terminal.facts("customer", "list")["customers"]
    assert (customer["number"], customer["name"]) == ("1001", "Solveig Berg")
    (contract,) = terminal.facts("contract", "list", str(made["customer"]))["contracts"]
    assert (contract["events_included"], contract["begins_ms"]) == (10, 1_767_222_000_000), "midnight in Stockholm"
    assert [row["name"] for row in terminal.facts("site", "list", "--search", "upps")["sites"]] == ["Villa Berg"]
    assert terminal.facts("site", "list", "--search", "nowhere")["sites"] == []
    terminal.facts("transmitter", "add", str(made["site"]), "00112233445566ff", "--name", "House")
    shown = terminal.facts("site", "show", str(made["site"]))
    assert [row["name"] for row in shown["transmitters"]] == ["House"]
    assert "Uppsala" in terminal.run("site", "show", str(made["site"])).stdout
    levels = terminal.facts("list", "show", str(made["list"]))
    assert [(row["name"], row["level"]) for row in levels["people"]] == [("Anna", "A")]
    assert "Villa Berg" in terminal.run("list", "show", str(made["list"])).stdout


def test_a_change_for_somebody_needs_that_persons_authority(terminal: Terminal) -> None:
    made = add_site(terminal)
    words = ("contact", "set", str(made["site"]), f"{made['bo']}:key", f"{made['anna']}:key:fire-neighbour")
    refused = terminal.run(*words, "--for", str(made["bo"]))
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "takes a person with authority A" in refused.stderr
    terminal.facts(*words, "--for", str(made["anna"]), "--reason", "mail of today")
    rows = terminal.facts("contact", "list", str(made["site"]))["contacts"]
    assert [(row["name"], row["has_key"], row["fire_neighbour"]) for row in rows] == [
        ("Bo", True, False),
        ("Anna", True, True),
    ]
    entry = terminal.facts("audit", "list", "--site", str(made["site"]))["entries"][-1]
    assert (entry["on_behalf_of"], entry["detail"]["reason"]) == (made["anna"], "mail of today")
    assert entry["actor"].startswith("terminal")


def test_a_version_that_was_seen_is_held_to(terminal: Terminal) -> None:
    made = add_site(terminal)
    terminal.facts("site", "change", str(made["site"]), "--name", "Villa Ny", "--version", "0")
    told = terminal.run("site", "change", str(made["site"]), "--name", "Villa Sen", "--version", "0")
    assert told.exit_code == 1
    assert "changed meanwhile" in told.stderr
    shown = terminal.facts("site", "show", str(made["site"]))
    assert (shown["name"], shown["town"]) == ("Villa Ny", "Uppsala"), "what was not given stays"


def test_a_plan_is_set_from_a_file_and_shown_in_the_same_form(terminal: Terminal, tmp_path: Path) -> None:
    made = add_site(terminal)
    file = tmp_path / "plan.json"
    steps = [{"kind": "call-contact", "only_if": "", "person": made["anna"], "text": "twice"}]
    file.write_text(json.dumps({"fire": steps}))
    terminal.facts("plan", "set", str(made["site"]), str(file))
    assert terminal.facts("plan", "show", str(made["site"])) == {"fire": steps}
    for wrong in ("[", "[1]", '{"fire": [{"kin": 1}]}', '{"fire": 3}'):
        file.write_text(wrong)
        assert terminal.run("plan", "set", str(made["site"]), str(file)).exit_code == 2
    file.write_text('{"fire": [{"kind": "sing"}]}')
    assert "kind 'sing' is unknown" in terminal.run("plan", "set", str(made["site"]), str(file)).stderr


def test_a_password_is_typed_and_never_printed(terminal: Terminal) -> None:
    made = add_site(terminal)
    result = typed(terminal, ["site", "password", str(made["site"])], "Blå elefant\n")
    assert "elefant" not in result.stdout + result.stderr
    vault, store = Vault.load(terminal.data / "master.key"), terminal.store()
    with store.begin() as tx:
        assert passwords.check(tx, vault, SYSTEM, made["site"], "blå elefant", 1) == "right"
    store.close()
    assert terminal.facts("site", "show", str(made["site"]))["password"] is True


def test_the_first_supervisors_token_is_printed_once_and_works(terminal: Terminal) -> None:
    made = terminal.facts("account", "add", "sara", "--role", "supervisor")
    store = terminal.store()
    with store.read() as reading:
        actor = accounts.find(reading, made["token"], 1)
    store.close()
    assert actor is not None
    assert (actor.name, actor.role) == ("supervisor:sara", Role.SUPERVISOR)
    told = terminal.run("account", "list").stdout + terminal.run("audit", "list").stdout
    assert made["token"] not in told
    new = terminal.facts("account", "renew", str(made["account"]))
    assert new["token"] != made["token"]
    terminal.facts("account", "revoke", str(made["account"]))
    assert terminal.run("account", "renew", str(made["account"])).exit_code == 1


def test_a_key_through_its_life(terminal: Terminal) -> None:
    made = add_site(terminal)
    key = str(terminal.facts("key", "receive", str(made["site"]), "17", "safe 3")["key"])
    terminal.facts("key", "move", key, "handed-out", "Guard Gun", "--note", "alarm")
    assert terminal.facts("key", "list", str(made["site"]))["keys"][0]["state"] == "out"
    assert terminal.run("key", "move", key, "destroyed", "x").exit_code == 1
    terminal.facts("key", "move", key, "back", "safe 3")
    terminal.facts("site", "end", str(made["site"]))
    assert [row["id"] for row in terminal.facts("key", "to-destroy")["keys"]] == [int(key)]
    terminal.facts("key", "move", key, "destroyed", "shredder", "--note", "witnessed by Sara")
    kinds = [row["kind"] for row in terminal.facts("key", "show", key)["movements"]]
    assert kinds == ["received", "handed-out", "back", "destroyed"]


def test_the_audit_log_is_checked_against_a_head_kept_elsewhere(terminal: Terminal) -> None:
    add_site(terminal)
    head = terminal.facts("audit", "check")["head"]
    assert terminal.run("audit", "check", "--head", head).exit_code == 0
    assert terminal.run("audit", "check", "--head", "nonsense").exit_code == 2
    store = terminal.store()
    with store.begin() as tx:
        tx.connection.execute(text("DROP TRIGGER audit_refuses_delete"))
        tx.connection.execute(text("DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)"))
    store.close()
    assert terminal.run("audit", "check").exit_code == 0
    told = terminal.run("audit", "check", "--head", head)
    assert told.exit_code == 1
    assert f"entry {head.partition(':')[0]} is not as it was written" in told.stderr


def test_an_installer_company_with_its_papers(terminal: Terminal) -> None:
    made = add_site(terminal)
    company = str(terminal.facts("list", "add", "Larmfirman")["list"])
    fitter = str(terminal.facts("person", "add", "Ivar", "--installer", company)["person"])
    terminal.facts("list", "level", company, fitter, "I", "--police-approval-until", "2099-01-01")
    terminal.facts("list", "certificate", company, "--until", "2099-01-01")
    terminal.facts("list", "cover", company, str(made["site"]))
    rows = terminal.facts("list", "list", "--site", str(made["site"]))["lists"]
    assert [(row["kind"], row["fire_certificate_until_ms"] is not None) for row in rows] == [
        ("customer", False),
        ("installer", True),
    ]
    terminal.facts("list", "level", company, fitter, "none")
    terminal.facts("list", "cover", company, str(made["site"]), "--no-more")
    assert terminal.facts("list", "show", company) == {"people": [], "sites": []}


def test_notice_is_given_at_the_terminal(terminal: Terminal) -> None:
    made = add_site(terminal)
    ends = terminal.facts("contract", "notice", str(made["contract"]), "--for", str(made["anna"]), "--reason", "letter")
    assert ends["ends_ms"] >= 1_893_452_400_000
    assert terminal.run("contract", "notice", str(made["contract"])).exit_code == 1


def test_what_is_not_there_is_told(terminal: Terminal) -> None:
    for words in (("site", "show", "9"), ("list", "show", "9"), ("key", "show", "9"), ("contact", "list", "9")):
        told = terminal.run(*words)
        assert (told.exit_code, told.stdout) == (1, "")
        assert " 9 here" in told.stderr
    assert terminal.run("site", "show", str(1 << 63)).exit_code == 2
    assert terminal.run("contact", "set", "1", "x:key").exit_code == 2
