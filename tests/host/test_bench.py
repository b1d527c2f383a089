"""`hemlarm bench`: what a person and a script see of the figures, and what they are compared with."""

import json
from io import StringIO
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from hemlarm_installer.firmware_code import load
from hemlarm_simulator import cli
from hemlarm_simulator.bench import panel, show
from hemlarm_simulator.bench.crowded_house import AREAS, USERS, ZONES, crowded_house
from hemlarm_simulator.bench.result import Result

WIDTH = 80
FIGURE = Result("us", 780.0, 1.6, "a call", {"64 zones: radio check-in": {"count": 864, "p95": 1595.4, "bytes": None}})


def test_a_figure_is_told_as_tools_expect_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "BENCHES", {"panel-input": lambda _server, _progress: FIGURE})
    outcome = CliRunner().invoke(cli.app, ["bench", "panel-input", "--json"])
    assert outcome.exit_code == 0
    figures: dict[str, dict[str, Any]] = json.loads(outcome.stdout)
    told = figures["panel-input"]
    assert (told["unit"], told["value"], told["floor"], told["ratio"], told["peers"]) == ("us", 780.0, 1.6, 487.5, {})


def test_an_unknown_figure_is_refused_with_those_there_are() -> None:
    outcome = CliRunner().invoke(cli.app, ["bench", "panel-output"])
    assert outcome.exit_code == 2
    assert "panel-output" in outcome.output
    assert all(name in outcome.output for name in panel.BENCHES)


def test_a_figure_that_cannot_be_taken_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_server: object, _progress: object) -> Result:
        raise panel.BenchError("the script is missing")

    monkeypatch.setattr(cli, "BENCHES", {"panel-input": broken})
    outcome = CliRunner().invoke(cli.app, ["bench"])
    assert outcome.exit_code == 1
    assert "the script is missing" in outcome.output


def test_the_tables_fit_a_terminal() -> None:
    paper = StringIO()
    Console(file=paper, width=WIDTH).print(show.tables({"panel-input": FIGURE}))
    lines = paper.getvalue().splitlines()
    assert all(len(line) <= WIDTH for line in lines)
    assert any("radio check-in" in line and "1,595" in line for line in lines)


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(value) for value in range(1, 101)]
    assert panel.percentile(values, 50) == 50
    assert panel.percentile(values, 95) == 95
    assert panel.percentile([7.0], 95) == 7


def test_the_crowded_house_is_as_full_as_the_firmware_allows() -> None:
    config = load("hemlarm_firmware.panel.config")
    house = crowded_house()
    checked = config.check(house.panel_config(bytes(16)))
    assert (len(checked["areas"]), len(checked["zones"]), len(checked["users"])) == (AREAS, ZONES, USERS)
    for section in ("areas", "zones", "users"):
        more = house.panel_config(bytes(16))
        more[section] = [*more[section], {**more[section][-1], "number": len(more[section]) + 1}]
        with pytest.raises(config.ConfigError):
            config.check(more)
