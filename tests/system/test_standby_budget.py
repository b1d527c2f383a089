"""What standing by costs: firmware and network count the same, and the promise and the page hold."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hemlarm_simulator import standby_budget
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.standby_budget import LEVELS_S, Row
from tool_loading import load_tool

LEVEL_S = 90_000
INTERVAL_AIR_S, INTERVAL_BYTES, HEARTBEATS = 60, 20_000, 3
"""The promise for 25 hours on the mobile path in standby."""

AIR_TOLERANCE = 0.05
"""The firmware counts from the command that it gives the modem, the network from the first packet."""

PAGE = (Path(__file__).parents[2] / "docs" / "standby-budget.md").read_text()


@pytest.fixture(name="rows", scope="module")
def _rows() -> Iterator[list[Row]]:
    with ForkServer() as server:
        yield list(standby_budget.rows(server, {LEVEL_S: ("25 h", 2)}, lambda: None))


def shown() -> dict[tuple[str, str, str], list[float]]:
    """The page's table: level, path and role, with the numbers behind them."""
    found = {}
    for line in PAGE.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 9 and cells[1] in ("IP", "mobile"):
            numbers = [cell.split("(")[0].strip(" s").replace(",", "") for cell in cells[3:]]
            found[cells[0], cells[1], cells[2]] = [float(number) if number != "-" else 0.0 for number in numbers]
    return found


def test_firmware_and_network_count_the_same_bytes_and_seconds(rows: list[Row]) -> None:
    for row in rows:
        network = row.plain if row.path == 1 else row.network
        assert row.firmware.bytes_up == network.bytes_up
        assert row.firmware.bytes_down == network.bytes_down
        assert row.firmware.air_s == pytest.approx(row.network.air_s, rel=AIR_TOLERANCE)
        assert row.network.total_bytes > 0


def test_three_heartbeats_in_25_hours_keep_the_mobile_path_within_its_budget(rows: list[Row]) -> None:
    standby = next(row for row in rows if not row.in_use)
    assert standby.network.connections == HEARTBEATS
    # Two days with three heartbeats each are more than any 25 hours may cost.
    assert standby.network.air_s <= INTERVAL_AIR_S
    assert standby.network.total_bytes <= INTERVAL_BYTES


def test_the_page_shows_every_level_on_both_paths_and_both_counts_agree_there() -> None:
    table = shown()
    roles = (("IP", "in use"), ("mobile", "standby"), ("mobile", "in use"))
    assert set(table) == {(name, *role) for name, _ in LEVELS_S.values() for role in roles}
    for (_, path, _), (_, _, air, air_counted, size, size_counted) in table.items():
        assert air == pytest.approx(air_counted, rel=AIR_TOLERANCE)
        assert size == size_counted or path == "IP"


def test_the_page_shows_what_is_measured(rows: list[Row]) -> None:
    table = shown()
    standby = next(row for row in rows if not row.in_use)
    _, connections, _, air_s, _, size = table["25 h", "mobile", "standby"]
    assert air_s / connections == pytest.approx(standby.network.air_s / standby.network.connections, rel=0.1)
    assert size / connections == pytest.approx(standby.network.total_bytes / standby.network.connections, rel=0.1)


def test_the_page_is_what_the_tool_writes_of_such_rows(rows: list[Row]) -> None:
    written = load_tool("standby_budget").page(rows)
    assert written.splitlines()[:16] == PAGE.splitlines()[:16]
    assert "seconds with the mobile radio connected" in written
