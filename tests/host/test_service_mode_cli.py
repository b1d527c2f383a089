"""`hemlarm cloud service-mode` and `notice`: what a supervisor at a terminal orders, ends and looks up."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cloud_terminal import Terminal
from served_site import ServedSite

FORMAT = "%Y-%m-%d %H:%M"


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    made = Terminal(tmp_path / "cloud")
    made.data.mkdir(mode=0o700)
    return made


@pytest.fixture
def house(terminal: Terminal) -> ServedSite:
    return ServedSite(terminal.store())


def in_hours(hours: int) -> str:
    return f"{datetime.now(ZoneInfo('Europe/Stockholm')) + timedelta(hours=hours):{FORMAT}}"


def test_an_order_is_taken_listed_and_ended(terminal: Terminal, house: ServedSite) -> None:
    made = terminal.facts("service-mode", "order", str(house.site), "burglary", "fire", "--until", in_hours(2))
    row = house.order_row(made["service_mode"])
    assert (row.kinds, row.state, row.ordered_by) == ("burglary,fire", "active", None)
    assert row.registered_by.startswith("terminal")
    shown = terminal.run("service-mode", "list", str(house.site)).stdout
    assert "burglary,fire" in shown
    assert "active" in shown
    ended = terminal.facts("service-mode", "end", str(made["service_mode"]))
    assert ended == {"service_mode": made["service_mode"], "state": "ended"}
    assert "waiting" in terminal.run("notice", "list", "--site", str(house.site)).stdout
    subjects = [notice["subject"] for notice in terminal.facts("notice", "list")["notices"]]
    assert subjects == ["Klarrapport: Villa Björk i serviceläge", "Klarrapport: Villa Björk ur serviceläge"]


def test_one_for_later_is_withdrawn_and_times_are_the_sites_own(terminal: Terminal, house: ServedSite) -> None:
    house.set_site(time_zone="America/New_York")
    times = ("--from", "2099-07-01 08:00", "--until", "2099-07-01 16:00")
    refused = terminal.run("service-mode", "order", str(house.site), "fire", *times)
    assert (refused.exit_code, "within a year" in refused.stderr) == (1, True)
    begins = datetime.now(ZoneInfo("America/New_York")) + timedelta(days=3)
    words = ("--from", f"{begins:{FORMAT}}", "--until", f"{begins + timedelta(hours=1):{FORMAT}}")
    made = terminal.facts("service-mode", "order", str(house.site), "fire", *words)
    row = house.order_row(made["service_mode"])
    assert row.from_ms == int(begins.replace(second=0, microsecond=0).timestamp()) * 1000
    assert terminal.facts("service-mode", "end", str(row.id))["state"] == "withdrawn"


def test_for_a_person_that_persons_authority_counts(terminal: Terminal, house: ServedSite) -> None:
    words = ("service-mode", "order", str(house.site), "fire", "--until", in_hours(1), "--for", str(house.c))
    result = terminal.run(*words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "service-fire takes a person with authority A or B" in result.stderr


def test_wrong_words_are_told_and_do_nothing(terminal: Terminal, house: ServedSite) -> None:
    result = terminal.run("service-mode", "order", str(house.site), "sauna", "--until", in_hours(1))
    assert (result.exit_code, "use some of burglary" in result.stderr) == (2, True)
    result = terminal.run("service-mode", "end", "77")
    assert (result.exit_code, "no service mode 77" in result.stderr) == (1, True)
    assert terminal.facts("service-mode", "list", str(house.site)) == {"service_modes": []}
