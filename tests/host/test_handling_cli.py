"""`hemlarm cloud case`: the queue and the work on a case, as a person at a terminal has it."""

from pathlib import Path

from cloud_terminal import Terminal
from handled_site import HandledSite

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def test_a_case_is_found_worked_on_and_closed(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "cloud")
    terminal.facts("panel", "list")
    store = terminal.store()
    case_id = HandledSite(store).case("hold-up", 1121)
    number = str(case_id)
    listed = terminal.facts("case", "list")
    assert (listed["open"], listed["cases"][0]["next_task"]["kind"]) == (1, "police")
    assert "hold-up" in terminal.run("case", "list").stdout
    assert "nobody's" in terminal.run("case", "close", number, "real").stderr
    claimed = terminal.facts("case", "claim", number)
    ids = {task["kind"]: str(task["id"]) for task in claimed["tasks"]}
    assert claimed["operator"].startswith("terminal")
    wrong = terminal.run("case", "done", number, ids["police"], "asleep")
    assert (wrong.exit_code, "called, already-called" in wrong.stderr) == (1, True)
    terminal.facts("case", "done", number, ids["police"], "called", "--note", "patrol 7")
    picture = tmp_path / "hall.png"
    picture.write_bytes(PNG)
    assert terminal.facts("case", "attach", number, str(picture))["media_type"] == "image/png"
    terminal.facts("case", "done", number, ids["look-at-pictures"], "nothing-seen")
    terminal.facts("case", "note", number, "they rang back")
    terminal.facts("case", "release", number, "--why", "lunch")
    stale = terminal.run("case", "claim", number, "--version", "0")
    assert (stale.exit_code, "changed meanwhile" in stale.stderr) == (1, True)
    terminal.facts("case", "claim", number)
    closed = terminal.facts("case", "close", number, "real", "--no-feedback-because", "the police tell them")
    assert (closed["state"], closed["outcome"]) == ("closed", "real")
    kinds = [entry["kind"] for entry in terminal.facts("case", "log", number)["log"]]
    assert kinds[0] == "planned"
    assert kinds[-1] == "closed"
    assert "patrol 7" in terminal.run("case", "log", number).stdout
    assert terminal.facts("case", "list")["cases"] == []
    assert terminal.facts("case", "show", number)["outcome"] == "real"
    store.close()


def test_what_is_not_there_is_said_plainly(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "cloud")
    terminal.facts("panel", "list")
    for words in (
        ("show", "7"),
        ("log", "7"),
        ("claim", "7"),
        ("done", "7", "1", "called"),
        ("leave-out", "7", "1", "x"),
    ):
        result = terminal.run("case", *words)
        assert (result.exit_code, result.stdout) == (1, "")
        assert "no case 7 here" in result.stderr
