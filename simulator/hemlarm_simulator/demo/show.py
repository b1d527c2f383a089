"""The demonstration on a terminal: house, wire and cloud side by side while it runs, and a summary at the end."""

import time
from collections import deque
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from hemlarm_cloud.store import Event
from hemlarm_protocol import contact_id_names
from hemlarm_simulator.demo.figures import Figures, Seen, describe_frame
from hemlarm_simulator.demo.run import Watcher
from hemlarm_simulator.real_world import RealWorld

_LINES = 8
_COLOURS = {
    "off": "dim",
    "intrusion": "bold white on red",
    "fire": "bold white on dark_orange3",
    "co": "bold white on purple",
    "hold-up": "bold white on red",
}


class LiveView(Watcher):
    """Draws the demonstration while it runs. A context manager."""

    def __init__(self, console: Console) -> None:
        self._world: RealWorld | None = None
        self._began = time.monotonic()
        self._steps: deque[str] = deque(maxlen=_LINES)
        self._frames: deque[Seen] = deque(maxlen=_LINES)
        self._live = Live(console=console, get_renderable=self.picture, refresh_per_second=8)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def began(self, world: RealWorld) -> None:
        """The world stands."""
        self._world = world

    def step(self, text: str) -> None:
        """The story goes on."""
        self._steps.append(f"{time.monotonic() - self._began:5.1f} s  {text}")

    def quiet(self) -> None:
        """Leave the picture as it is."""
        self._live.stop()

    def frames(self, frames: list[Seen]) -> None:
        """These frames were on the wire; those of the floor's panel are not part of the story."""
        if self._world is not None:
            self._frames.extend(seen for seen in frames if seen.panel == self._world.panel.id)

    def picture(self) -> Group:
        """Return what there is to see now."""
        return Group(self._house(), self._wire(), self._cloud())

    def _house(self) -> Panel:
        lines = [Text(step) for step in list(self._steps)]
        if self._world is not None:
            house = self._world.house
            keypad = f"keypad │{house.display[0]:<16}│{house.display[1]:<16}│   siren "
            lines.append(Text.assemble(keypad, (f" {house.siren} ", _COLOURS.get(house.siren, ""))))
        return Panel(Group(*lines), title="What happens in the house", title_align="left", border_style="green")

    def _wire(self) -> Panel:
        arrows = {"up": "panel → cloud", "down": "cloud → panel"}
        lines = [Text(f"{arrows[seen.way]}  {describe_frame(seen.frame)}", no_wrap=True) for seen in list(self._frames)]
        title = "What the broker sees: who, when, and a size"
        return Panel(Group(*lines), title=title, title_align="left", border_style="yellow")

    def _cloud(self) -> Panel:
        # The events are a snapshot that the world's thread made; this one only reads the list.
        events = list(self._world.cloud.events_seen()[-_LINES:]) if self._world is not None else []
        table = Table(box=None, padding=(0, 1), show_edge=False)
        for heading in ("no.", "code", "event", "zone", "user"):
            table.add_column(heading, justify="left" if heading == "event" else "right")
        for event in events:
            table.add_row(*_cells(event))
        return Panel(table, title="What the cloud has stored", title_align="left", border_style="blue")


class PlainView(Watcher):
    """Tells the story in plain lines, for pipes and logs."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def step(self, text: str) -> None:
        """The story goes on."""
        self._console.print(text)


def summary(figures: Figures) -> Table:
    """Return what the run came to, as a table."""
    latency, floor = figures.latency_ms, figures.round_trip_ms
    table = Table(title="What it came to", show_header=False, title_justify="left")
    table.add_row("events journalled", str(len(figures.events)))
    table.add_row("lost, stored twice", f"{figures.lost}, {figures.duplicates}")
    table.add_row("sealed size of every event", f"{figures.events[0].sealed_bytes} bytes")
    table.add_row("input to verified acknowledgement", f"p50 {latency['p50']} ms, p99 {latency['p99']} ms")
    table.add_row("floor: same client, same size, echoed", f"p50 {floor['p50']} ms, p99 {floor['p99']} ms")
    table.add_row("median over the floor's median", f"{figures.ratio}")
    table.add_row("free heap at the end", f"{figures.heap_free_bytes} of {figures.heap_bytes} bytes")
    table.add_row("verdict", "everything arrived once" if figures.passed else "NOT everything arrived once")
    return table


def _cells(event: Event) -> tuple[str, ...]:
    zone, user = str(event.zone or ""), str(event.user or "")
    return str(event.number), str(event.qcode), contact_id_names.describe(event.qcode), zone, user
