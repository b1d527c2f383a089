"""Mosquitto's log tells who connected under another's client id."""

from pathlib import Path

import pytest

from hemlarm_cloud.broker import impostors as watched
from hemlarm_cloud.broker.impostors import LogTail, impostors

PANEL, OTHER = "0123456789abcdef", "f123456789abcdef"


def own_ids(name: str) -> tuple[str, str]:
    return name, f"{name}-2"


def connected(client_id: str, name: str) -> str:
    return f"1763800000: New client connected from 127.0.0.1:40000 as {client_id} (p2, c1, k30, u'{name}')."


def test_a_client_under_one_of_its_own_ids_is_no_impostor() -> None:
    lines = [connected(PANEL, PANEL), connected(f"{PANEL}-2", PANEL), "New connection from 127.0.0.1:1 on port 8883."]
    assert impostors(lines, own_ids) == set()


@pytest.mark.parametrize("client_id", [OTHER, f"{OTHER}-2", f"{PANEL}-3", "", "a b"])
def test_a_client_under_another_id_is_named_by_its_certificate(client_id: str) -> None:
    assert impostors([connected(client_id, PANEL)], own_ids) == {PANEL}


def test_a_client_id_made_to_look_like_the_logs_own_words_hides_nobody_and_blames_nobody() -> None:
    forged = connected(OTHER, OTHER).partition(" as ")[2]
    assert impostors([connected(forged, PANEL)], own_ids) == {PANEL}


def test_only_what_is_new_and_whole_is_read(tmp_path: Path) -> None:
    log = tmp_path / "broker.log"
    log.write_text("old\n")
    tail = LogTail(log)
    with log.open("a") as file:
        file.write("one\ntwo\nthr")
    assert tail.lines() == ["one", "two"]
    with log.open("a") as file:
        file.write("ee\n")
    assert tail.lines() == ["three"]
    assert tail.lines() == []


def test_a_log_that_is_not_there_yet_is_read_from_its_beginning(tmp_path: Path) -> None:
    log = tmp_path / "broker.log"
    tail = LogTail(log)
    assert tail.lines() == []
    log.write_text("first\n")
    assert tail.lines() == ["first"]


def test_a_long_log_is_emptied_and_read_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched, "LOG_MAX", 10)
    log = tmp_path / "broker.log"
    tail = LogTail(log)
    with log.open("a") as file:
        file.write("longer than ten\n")
        file.flush()
        assert tail.lines() == ["longer than ten"]
        assert log.stat().st_size == 0
        file.write("after\n")
        file.flush()
    assert tail.lines() == ["after"]
