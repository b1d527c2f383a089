"""Draws docs/heap-day.svg, the heap over an ordinary day, by letting the real firmware live the day.

.venv/bin/python tools/heap_picture.py docs/heap-day.svg
"""

import sys
from pathlib import Path

from hemlarm_simulator import ordinary_day
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.ordinary_day import DAY_MS, QUARTERS, Day
from hemlarm_simulator.simulated_panel import VIRTUAL_HEAP

_WIDTH, _HEIGHT = 900, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 15, 45, 40
_HOURS = 24
_BEGAN_HOUR = 6
_KIB = 1024
_GRID_KIB = 8
_STYLE = "text{font:12px sans-serif;fill:#333}line{stroke:#ddd}.quarter{stroke:#999;stroke-dasharray:4 4}"


def picture(day: Day) -> str:
    """The drawing: one point a heartbeat, free KiB over the hours."""
    lowest = min(sample.free for sample in day.samples) // _KIB // _GRID_KIB * _GRID_KIB
    highest = -(-max(sample.free for sample in day.samples) // _KIB // _GRID_KIB) * _GRID_KIB
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}">',
        f'<style>{_STYLE}</style><rect width="100%" height="100%" fill="white"/>',
        _text(_LEFT, 18, f"Free heap in KiB at each of {len(day.samples)} heartbeats of an ordinary day", "start"),
        _text(_LEFT, 34, _caption(day), "start"),
    ]
    for kib in range(lowest, highest + 1, _GRID_KIB):
        y = _y(kib, lowest, highest)
        parts += [_line(_LEFT, y, _WIDTH - _RIGHT, y), _text(_LEFT - 8, y + 4, str(kib), "end")]
    for hour in range(0, _HOURS + 1, 2):
        x = _x(hour * DAY_MS / _HOURS)
        boundary = "quarter" if hour % (_HOURS // QUARTERS) == 0 else ""
        parts += [_line(x, _TOP, x, _HEIGHT - _BOTTOM, boundary)]
        parts += [_text(x, _HEIGHT - 20, f"{(_BEGAN_HOUR + hour) % _HOURS:02d}:00", "middle")]
    points = " ".join(f"{_x(s.at_ms):.1f},{_y(s.free / _KIB, lowest, highest):.1f}" for s in day.samples)
    parts += [f'<polyline fill="none" stroke="#0a6" stroke-width="1.5" points="{points}"/>', "</svg>"]
    return "\n".join(parts) + "\n"


def main(arguments: list[str]) -> int:
    """Write the picture to the file named; returns the exit status."""
    if len(arguments) != 1:
        sys.stderr.write("usage: heap_picture.py FILE\n")
        return 2
    with ForkServer() as server:
        Path(arguments[0]).write_text(picture(ordinary_day.live(server)), encoding="utf-8")
    return 0


def _caption(day: Day) -> str:
    return (
        f"{day.sensor_events} sensor events, {day.events} recorded; heap of {VIRTUAL_HEAP.upper()} in virtual time; "
        "the dips are menus"
    )


def _x(at_ms: float) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * at_ms / DAY_MS


def _y(kib: float, lowest: int, highest: int) -> float:
    return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (highest - kib) / (highest - lowest)


def _line(x1: float, y1: float, x2: float, y2: float, kind: str = "") -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
