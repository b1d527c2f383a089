"""Draws docs/battery-48h.svg, the battery's voltage without mains, by letting the real firmware live through it.

.venv/bin/python tools/battery_picture.py docs/battery-48h.svg
"""

import sys
from pathlib import Path

from hemlarm_simulator import battery_run
from hemlarm_simulator.battery_run import TOLD, BatteryRun, BatteryRunError
from hemlarm_simulator.launch import ForkServer

_WIDTH, _HEIGHT = 900, 380
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 15, 65, 45
_VOLTS = (9, 14)
_GRID_H = 6
_PROMISE_H = 48
_STYLE = (
    "text{font:12px sans-serif;fill:#333}line{stroke:#ddd}"
    ".promise{stroke:#06c;stroke-dasharray:4 4}.promise-text{fill:#06c}"
    ".told{stroke:#c30}.told-text{fill:#c30;stroke:white;stroke-width:3;paint-order:stroke}"
)
_LINE_HEIGHT = 15


class _Scale:
    """Where hours and volts lie in the drawing."""

    def __init__(self, run: BatteryRun) -> None:
        self.first_h = run.curve[0].hours
        self.last_h = run.curve[-1].hours

    def x(self, hours: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (hours - self.first_h) / (self.last_h - self.first_h)

    def y(self, volts: float) -> float:
        return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (_VOLTS[1] - volts) / (_VOLTS[1] - _VOLTS[0])


def picture(run: BatteryRun) -> str:
    """The drawing: volts over the hours since mains failed, and a line for each event, named where there is room."""
    scale = _Scale(run)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}">',
        f'<style>{_STYLE}</style><rect width="100%" height="100%" fill="white"/>',
        _text(_LEFT, 18, "The battery's voltage over the hours without mains, in the measuring configuration", "start"),
        *(_text(_LEFT, 34 + _LINE_HEIGHT * n, line, "start") for n, line in enumerate(summary(run))),
    ]
    for volts in range(_VOLTS[0], _VOLTS[1] + 1):
        y = scale.y(volts)
        parts += [_line(_LEFT, y, _WIDTH - _RIGHT, y), _text(_LEFT - 8, y + 4, f"{volts} V", "end")]
    for hours in range(0, int(scale.last_h) + 1, _GRID_H):
        x = scale.x(hours)
        kind = "promise" if hours == _PROMISE_H else ""
        parts += [_line(x, _TOP, x, _HEIGHT - _BOTTOM, kind), _text(x, _HEIGHT - 25, f"{hours} h", "middle")]
    parts += _marks(run, scale)
    parts.append(_text(scale.x(_PROMISE_H) + 4, _TOP + 12, "promised", "start", "promise-text"))
    points = " ".join(f"{scale.x(point.hours):.1f},{scale.y(point.volts):.1f}" for point in run.curve)
    parts += [f'<polyline fill="none" stroke="#0a6" stroke-width="1.5" points="{points}"/>', "</svg>"]
    return "\n".join(parts) + "\n"


def summary(run: BatteryRun) -> tuple[str, str]:
    """The measured hours."""
    low = run.event(1302)
    parked_h = run.hours(1308)
    return (
        f"Parked after {parked_h:.1f} h. Low battery told {parked_h - low.hours:.1f} h before that; "
        f"by its own estimate the panel had {low.detail} h left then.",
        f"With Ethernet and the keypad's light on all the time the battery would be empty after {run.unshed_h:.1f} h.",
    )


def main(arguments: list[str]) -> int:
    """Write the picture to the file named, and the hours to the standard output; returns the exit status."""
    if len(arguments) != 1:
        sys.stderr.write("usage: battery_picture.py FILE\n")
        return 2
    try:
        with ForkServer() as server:
            run = battery_run.live(server)
        Path(arguments[0]).write_text(picture(run), encoding="utf-8")
    except BatteryRunError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for told in run.events:
        sys.stdout.write(f"{told.hours:7.2f} h  {told.qcode} {TOLD[told.qcode]}, detail {told.detail}\n")
    sys.stdout.write("\n".join(summary(run)) + "\n")
    return 0


def _marks(run: BatteryRun, scale: _Scale) -> list[str]:
    """A line for each event, and its name at the foot: one below the other where they would lie on each other."""
    lines, texts = [], []
    for number, told in enumerate(run.events):
        x = scale.x(told.hours)
        when = f"{told.hours:.1f} h" if told.hours >= 1 else f"{told.hours * 60:.0f} min"
        label = f"{when}: {TOLD[told.qcode]}" + (f", {told.detail} h left" if told.qcode == 1302 else "")
        anchor = "end" if x > _WIDTH / 2 else "start"
        y = scale.y(_VOLTS[0]) - 8 - _LINE_HEIGHT * (len(run.events) - 1 - number)
        lines.append(_line(x, _TOP, x, _HEIGHT - _BOTTOM, "told"))
        texts.append(_text(x - 4 if anchor == "end" else x + 4, y, label, anchor, "told-text"))
    return lines + texts


def _line(x1: float, y1: float, x2: float, y2: float, kind: str = "") -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, text: str, anchor: str, kind: str = "") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
