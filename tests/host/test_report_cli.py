"""`hemlarm cloud report` and `hemlarm cloud duty`, as somebody at a terminal has them."""

from pathlib import Path

import pytest

from cloud_terminal import Terminal
from report_history import fill

GOLDEN = Path(__file__).parents[1] / "vectors" / "reports"


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    (tmp_path / "files").mkdir()
    monkeypatch.chdir(tmp_path / "files")
    there = Terminal(tmp_path / "data")
    there.data.mkdir()
    store = there.store()
    fill(store)
    store.close()
    return there


def test_a_report_is_written_to_a_file_named_after_it(terminal: Terminal) -> None:
    words = ("report", "make", "ZR0001", "--customer", "1", "--period", "2026-10", "--form", "csv", "--language", "en")
    told = terminal.facts(*words)
    content = Path("ZR0001-2026-10.csv").read_bytes()
    assert told == {"file": "ZR0001-2026-10.csv", "bytes": len(content)}
    assert content.decode("utf-8-sig").replace("\r\n", "\n") == (GOLDEN / "ZR0001-en.csv").read_text()
    assert terminal.run("report", "make", "K1", "--site", "1", "--output", "plan.pdf").exit_code == 0
    assert Path("plan.pdf").read_bytes().startswith(b"%PDF")


def test_what_cannot_be_made_is_told_in_one_line(terminal: Terminal) -> None:
    for words, told in (
        (("report", "make", "K1"), "exactly one"),
        (("report", "make", "K9", "--site", "1"), "no report is called"),
        (("report", "make", "K1", "--site", "77"), "no site 77"),
        (("report", "billing", "soon"), "no month"),
        (("report", "end", "5"), "no order 5"),
        (("duty", "now", "9"), "no on-call service 9"),
    ):
        result = terminal.run(*words)
        assert result.exit_code == 1
        assert told in result.stderr
        assert result.stderr.count("\n") == 1
    unwritable = terminal.run("report", "make", "K1", "--site", "1", "--output", "no/such/folder.pdf")
    assert (unwritable.exit_code, "--output" in unwritable.stderr) == (2, True)


def test_orders_are_made_listed_and_ended(terminal: Terminal) -> None:
    made = terminal.facts("report", "order", "ZR0047", "asa@example.org", "--customer", "1", "--for", "1")
    (listed,) = terminal.facts("report", "orders")["orders"]
    assert (listed["id"], listed["report"], listed["form"]) == (made["order"], "ZR0047", "pdf")
    assert "asa@example.org" in terminal.run("report", "orders").stdout
    refused = terminal.run("report", "order", "ZR0047", "asa@example.org", "--customer", "1", "--for", "3")
    assert refused.exit_code == 1
    assert terminal.run("report", "end", str(made["order"])).exit_code == 0
    assert terminal.facts("report", "orders") == {"orders": []}


def test_the_billing_basis_is_a_file(terminal: Terminal) -> None:
    terminal.facts("report", "billing", "2026-12", "--output", "basis.csv")
    expected = (GOLDEN / "BILLING-december-sv.csv").read_text()
    assert Path("basis.csv").read_text(encoding="utf-8-sig") == expected


def test_a_roster_is_put_and_calls_are_recorded(terminal: Terminal) -> None:
    made = terminal.facts("duty", "add", "1", "Nattjour", "--number", "+4618102031")["service"]
    span = ("--from", "2026-01-01 08:00", "--until", "2027-01-01 08:00")
    told = terminal.facts("duty", "put", str(made), "2", "1", *span, "--for", "1", "--reason", "Mail")
    assert told == {"service": made, "troubles": []}
    stale = terminal.run("duty", "put", str(made), "1", *span, "--version", "0")
    assert (stale.exit_code, "changed meanwhile" in stale.stderr) == (1, True)
    assert terminal.run("duty", "now", "2").stdout == "Nobody is on duty.\n"
    call = terminal.facts("duty", "call", str(made), "--answered-after", "7", "--note", "Hiss")
    assert call["call"] > 0
    assert {row["name"] for row in terminal.facts("duty", "list")["services"]} == {
        "Fastighetsjour",
        "Främmande jour",
        "Nattjour",
    }
