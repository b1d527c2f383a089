"""Writes docs/standby-budget.md: what each link level costs on each path, measured by letting quiet days go by.

.venv/bin/python tools/standby_budget.py docs/standby-budget.md

It lives through some two months of virtual time, with the real firmware, which takes minutes.
"""

import sys
from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path

from rich.progress import Progress

from hemlarm_protocol.path_names import IP
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.standby_budget import LEVELS_S, Cost, Row, rows

_INTERVAL_S = 90_000
_DAY_S = 86_400
_BUDGET_S = 60
_BUDGET_BYTES = 20_000
_SEED_S = 30

_TEXT = """\
# What standing by costs

Quiet days, at every link level and on both paths: seconds with the mobile radio connected, and bytes. Made by
`tools/standby_budget.py` with the real firmware in virtual time; `tests/system/test_standby_budget.py` measures
some of it again.

- *Radio* is the union of every exchange and the 10 s that a mobile network keeps the radio connected behind it.
- *Bytes* are the payload of TCP, both ways together, with TLS and its handshakes (1.6 kB each time that a path is
  opened). On the fixed line the firmware counts what it hands to TLS, so the network's figure is given both ways.
- *Firmware* is what the panel itself counts and tells the cloud (path-report); *network* is what the simulated
  network counts by itself.
- Headers of TCP and IP, about 40 bytes a packet, are in neither; nor is what a modem says to its cell by itself.
- Means of whole days of uptime, from the second on.

| level | path | role | days | connections a day | radio a day, firmware | radio a day, network | bytes a day, firmware | bytes a day, network |
|---|---|---|---|---|---|---|---|---|
{rows}

## The mobile path in standby at 25 h

Three heartbeats in 25 hours, each with a connection of its own: **{air:.0f} s of radio and {bytes:,} bytes in 25 hours**, by
the network's count. The promise is {budget_s} s and {budget_bytes:,} bytes. The seed's "about {seed_s} s a day" leaves {affordable}
heartbeats a day.

At 90 s and 180 s a standby path stays connected, since a handshake would cost more than the heartbeats between. It
then also hears what the broker passes down to the panel over the fixed line. A contract with few megabytes wants the
mobile path's own level at 25 h or 5 h; 25 h is the default: `hemlarm cloud panel level PANEL 90s --standby 25h`.
"""  # noqa: E501  A row of a table is one line.


def main(arguments: Sequence[str]) -> int:
    """Write the page; returns the exit status."""
    if len(arguments) != 1:
        sys.stderr.write("usage: standby_budget.py FILE\n")
        return 2
    with ForkServer() as server, Progress(transient=True) as progress:
        task = progress.add_task("quiet days", total=2 * len(LEVELS_S))
        found = list(rows(server, LEVELS_S, lambda: progress.advance(task)))
    Path(arguments[0]).write_text(page(found))
    return 0


def page(found: Sequence[Row]) -> str:
    """Return the page for these rows."""
    standby = next(row for row in found if row.level_s == _INTERVAL_S and not row.in_use)
    cost = interval_cost(standby)
    return _TEXT.format(
        rows="\n".join(_line(row) for row in found),
        air=cost.air_s,
        bytes=round(cost.total_bytes),
        budget_s=_BUDGET_S,
        budget_bytes=_BUDGET_BYTES,
        seed_s=_SEED_S,
        affordable=f"{_SEED_S / standby.network.air_s * standby.network.connections:.1f}",
    )


def interval_cost(row: Row) -> Cost:
    """Return what 25 hours cost, by the network's count."""
    return Cost(*(value * _INTERVAL_S / _DAY_S for value in astuple(row.network)))


def _line(row: Row) -> str:
    name = LEVELS_S[row.level_s][0]
    path = "IP" if row.path == IP else "mobile"
    radio = ("-", "-") if row.path == IP else (f"{row.firmware.air_s:,.1f} s", f"{row.network.air_s:,.1f} s")
    cells = [
        name,
        path,
        "in use" if row.in_use else "standby",
        str(row.days),
        f"{row.network.connections:.1f}",
        *radio,
        f"{row.firmware.total_bytes:,.0f}",
        f"{row.network.total_bytes:,.0f}" + (f" ({row.plain.total_bytes:,.0f} without TLS)" if row.path == IP else ""),
    ]
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
