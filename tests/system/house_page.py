"""The house page in a browser, over houses that tests tell by hand: what is told is seen, what is done is noted."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from hemlarm_cloud.api.service import ApiService
from hemlarm_simulator.description import load_house
from hemlarm_simulator.page.actions import ActionError
from hemlarm_simulator.page.drawing import drawing
from hemlarm_simulator.page.feed import Feed
from hemlarm_simulator.page.server import make_page

NOON_MS = 1_800_014_400_000
"""Noon in Greenwich; in the houses it is an hour later."""

STORIES = [
    {"name": "entry-break-in", "title": "Somebody breaks in", "house": "villa", "lasts_ms": 90_000, "shows": ["P02"]},
    {"name": "fire-cooking", "title": "Smoke from cooking", "house": "big-villa", "lasts_ms": 400_000, "shows": []},
]
SEALED = "77a555a9" + "8344a101181fa10644" + "00000003" + "5831" + "cd" * 33 + "ee" * 16
"""A frame of an event: key id, header, counter, ciphertext, tag."""


@dataclass
class ToldHouses:
    """What the page shows is what `tell` and `happen` say. `done` has what was done on the page."""

    url: str
    feed: Feed
    done: list[dict[str, Any]] = field(default_factory=list)
    refuses: str = ""

    def act(self, body: Mapping[str, Any]) -> None:
        """Notes what was done. Raises ActionError with the text of `refuses`."""
        if self.refuses:
            raise ActionError(self.refuses)
        self.done.append(dict(body))

    def picture(self, _panel: int, _picture: str) -> bytes | None:
        """There is none."""
        return None

    def tell(self, state: Mapping[str, Any]) -> None:
        """This is so now."""
        self.feed.publish(dict(state))

    def happen(self, number: int, qcode: int, what: str, **values: Any) -> None:
        """An event on the timeline of panel 1."""
        usual = {"id": f"1-{number}", "panel": 1, "number": number, "qcode": qcode, "at_ms": NOON_MS + number * 1000}
        usual |= {"what": {"sv": what, "en": what}, "zone": "", "user": "", "size": None, "sealed": "", "path": ""}
        usual |= {"committed_ms": None, "acked_ms": None, "case": None, "steps": []}
        self.feed.publish({}, [usual | values])

    def say(self, number: int, channel: str, recipient: str, text: str, subject: str = "") -> None:
        """A message that somebody gets."""
        told = {"id": f"m{number}", "panel": 1, "channel": channel, "recipient": recipient, "subject": subject}
        self.feed.publish({}, (), [told | {"text": text, "at_ms": NOON_MS + number * 1000}])

    def wait_for(self, holds: Callable[[], bool], limit_s: float = 8.0) -> None:
        """Waits until what was done on the page has come. Raises AssertionError."""
        ends = time.monotonic() + limit_s
        while not holds():
            assert time.monotonic() < ends, f"only this was done: {self.done}"
            time.sleep(0.01)

    def expect_done(self, **body: Any) -> None:
        """Waits until somebody has done this on the page."""
        self.wait_for(lambda: any(body.items() <= one.items() for one in self.done))


def quiet(panel: int, name: str) -> dict[str, Any]:
    """A house in which nothing happens: its panel runs, disarmed."""
    house = load_house(name)
    rest = {"state": "rest", "open": False, "level": 0.0, "sounding": False, "battery_low": False, "fault": False}
    rest |= {"reach": True, "cable": "", "off": False, "flashes": 0, "value": None}
    state: dict[str, Any] = {f"sensor/{sensor.name}": rest for sensor in house.sensors}
    state |= {f"lamp/{lamp}": lamp == "ready" for lamp in ("ready", "armed", "open", "alarm", "fault")}
    state |= {"title": house.title, "on": True, "boot": 1, "display": ["Disarmed", "Ready"], "buzzer": "off"}
    state |= {"siren": "off", "outdoor": "off", "dark": False, "cable": True, "black-hole": False, "path": "ip"}
    state |= {"powered": True, "radio-jammed": False, "flash-fails": False, "crash": "", "keypad-light": True}
    if house.power is not None:
        state |= {"mains": True, "battery": {"mv": 13_650, "ma": 0, "percent": 100, "hours": None, "state": "full"}}
        state["curve"] = [[NOON_MS + n * 10_000, 13_650 - n] for n in range(30)]
    if house.modem is not None:
        state["mobile"] = {"up": True, "data": True, "dbm": -85, "technology": "lte", "jammed": False}
    for output in house.outputs:
        state[f"{output.kind}/{output.number}"] = "locked" if output.kind == "lock" else False
    return {f"{panel}/{key}": value for key, value in state.items()}


@contextmanager
def told_houses(*names: str) -> Iterator[ToldHouses]:
    """The page over these houses, on a free port of this machine."""
    feed = Feed()
    plans = {str(number): drawing(load_house(name)) for number, name in enumerate(names, 1)}
    doors = [{"url": "http://127.0.0.1:1/enter/olle", "role": "operator", "login": "olle", "name": ""}]
    feed.begin({"plan": plans, "stories": STORIES, "doors": doors, "password": "x", "houses": ["villa", "reference"]})
    houses = ToldHouses("", feed)
    world = {"world/mode": "virtual", "world/speed": 1, "world/unix_ms": NOON_MS, "world/now_ms": 0}
    houses.tell(world | {"world/behind": False, "world/story": None})
    for number, name in enumerate(names, 1):
        houses.tell(quiet(number, name))
    service = ApiService(make_page(feed, houses, ("127.0.0.1",)), ("127.0.0.1", 0))
    service.start()
    houses.url = f"http://127.0.0.1:{service.port}/"
    try:
        yield houses
    finally:
        service.stop()
