"""The demonstration as a user runs it: what it promises with `--json`, and what a person reads without."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(sys.executable).with_name("hemlarm")
LIMIT_S = 170


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    run = subprocess.run([PROGRAM, "demo", "--json"], capture_output=True, text=True, timeout=LIMIT_S, check=False)
    assert run.returncode == 0, run.stderr
    document: dict[str, Any] = json.loads(run.stdout)
    return document


def test_every_event_is_there_once_with_its_three_times_in_order(figures: dict[str, Any]) -> None:
    events = figures["events"]
    assert len(events) >= 200
    assert [event["seq"] for event in events] == sorted({event["seq"] for event in events})
    assert (figures["lost"], figures["duplicates"]) == (0, 0)
    for event in events:
        assert 0 <= event["edge_ms"] < event["committed_ms"] < event["acked_ms"]


def test_all_sealed_events_have_one_size_of_at_most_64_bytes(figures: dict[str, Any]) -> None:
    sizes = {event["sealed_bytes"] for event in figures["events"]}
    assert len(sizes) == 1
    assert sizes.pop() <= 64


def test_the_story_is_told_by_its_events(figures: dict[str, Any]) -> None:
    codes = [event["code"] for event in figures["events"]]
    for code in (1305, 3401, 6134, 1134, 1401, 1111, 3111, 3441):
        assert code in codes


def test_it_runs_in_384_kib_and_says_what_is_free(figures: dict[str, Any]) -> None:
    assert figures["heap_bytes"] == 384 * 1024
    assert 0 < figures["heap_free_bytes"] < figures["heap_bytes"]


def test_latency_and_floor_are_measured_in_the_same_run(figures: dict[str, Any]) -> None:
    for measured in (figures["latency_ms"], figures["round_trip_ms"]):
        assert 0 < measured["p50"] <= measured["p99"]


def test_without_a_terminal_it_tells_the_story_in_plain_lines_and_ends_with_the_figures() -> None:
    run = subprocess.run([PROGRAM, "demo"], capture_output=True, text=True, timeout=LIMIT_S, check=False)
    assert run.returncode == 0, run.stderr
    assert "Somebody opens the front door" in run.stdout
    assert "everything arrived once" in run.stdout
    assert "\x1b" not in run.stdout


def test_an_unknown_broker_is_refused_with_the_names_of_those_there_are() -> None:
    run = subprocess.run([PROGRAM, "demo", "--broker", "carrier-pigeon"], capture_output=True, text=True, check=False)
    assert run.returncode != 0
    assert "nats, mosquitto" in run.stderr
