"""A new panel on its bench, for tests: its firmware runs here, and whoever carries the messages is the test."""

from collections import namedtuple
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from fake_board import FakeBoard
from hemlarm_cloud.actor import Actor
from hemlarm_cloud.api.allowance import Rate
from hemlarm_cloud.api.app import make_app
from hemlarm_cloud.api.depends import Centre
from hemlarm_cloud.api.guard import Limits
from hemlarm_cloud.authority import Authority
from hemlarm_cloud.provisioning.key import open_key
from hemlarm_cloud.provisioning.means import Means
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.queries import Queries
from hemlarm_firmware import credentials, provisioning, unprovisioned
from registered_site import NOW_MS, VAULT, Registered, register
from session_support import Chance

SITE_FILE = """
[panel]
language = "en"

[[area]]
number = 1
entry_s = 45

[[zone]]
number = 1
name = "Door"
type = "entry"
area = 1
wiring = "2k2/4k7"
"""

Running = namedtuple("Running", ["version", "cloud_key"])
Slots = namedtuple("Slots", ["board", "running"])


class NewBoard(FakeBoard):
    """A board as it comes: no credentials, no configuration, firmware that names a cloud."""

    serial = b"\xaa\xbb\xcc"

    def __init__(self, cloud_key: bytes, seed: int = 7) -> None:
        super().__init__()
        self.chips["config"].cells[:] = b"\xff" * self.chips["config"].size
        self.random = Chance(seed)  # type: ignore[assignment]
        self.named = Slots("desk", Running(1005, cloud_key))

    def slots(self) -> Any:
        return self.named

    def credentials(self) -> "dict[str, object] | None":
        return credentials.load(self.chips["keys"])


class Line:
    """The serial line to a board: functions are called by name, and their one line is read."""

    def __init__(self, board: FakeBoard, capture: pytest.CaptureFixture[str]) -> None:
        self.board = board
        self._capture = capture
        self.passed = ""
        self.reset()

    def reset(self) -> None:
        """The board starts anew: what was in its memory is gone, and on its flash there is what there was."""
        provisioning._under_way.clear()
        unprovisioned.board = self.board

    def call(self, name: str, *given: str) -> list[str]:
        """Return the words that it printed. Raises AssertionError for an error."""
        words = self.tried(name, *given)
        assert words[0] != "error", words
        return words

    def tried(self, name: str, *given: str) -> list[str]:
        """Return the words that it printed, "error" among them."""
        self._capture.readouterr()
        getattr(provisioning, name)(*given)
        printed = self._capture.readouterr().out
        assert (printed[:9], printed.count("\n")) == ("hemlarm: ", 1), printed
        self.passed += "".join(given) + printed
        return printed.removeprefix("hemlarm: ").rstrip("\n").split(" ")

    @property
    def code(self) -> str:
        """The digits on the display."""
        return str(self.board.shown["display"][1]).replace(" ", "")


class Cloud:
    """The API of a cloud that brings panels in."""

    def __init__(self, store: Store, folder: Path, random: Callable[[int], bytes] | None = None) -> None:
        self.store = store
        self.now_ms = NOW_MS
        self._random = random or Chance(99)
        self.ids: Registered = register(store)
        began = datetime.fromtimestamp(NOW_MS / 1000, UTC)
        self.key = open_key(folder, Chance(1))
        self.means = Means(Authority.create(folder / "authority", began), self.key, "alarm.example", 8883)

        self._actors: dict[str, Actor] = {}
        app = _application()
        app.state.centre = Centre(store, VAULT, lambda: self.now_ms, self._random, self._find, "", self.means)

    def client(self, actor: Actor) -> TestClient:
        """A client whose every request is this actor's, until there is another cloud."""
        token = f"token-{len(self._actors)}"
        self._actors[token] = actor
        headers = {"Authorization": f"Bearer {token}"}
        return TestClient(_application(), "http://test/api/v1", raise_server_exceptions=False, headers=headers)

    def _find(self, _reading: Queries, token: str, _now_ms: int) -> Actor | None:
        return self._actors.get(token)


@cache
def _application() -> FastAPI:
    """One for all tests, which takes a third of a second to make; each cloud puts its own parts into it."""
    limits = Limits(of_a_token=Rate(1e9, 10**9), of_an_address=Rate(1e9, 10**9))
    return make_app(Store.open("sqlite://"), VAULT, lambda: NOW_MS, limits=limits)


class Installation:
    """A panel and a cloud, and an installer's tool between them that does all as it should."""

    def __init__(self, line: Line, client: TestClient, site: int | None) -> None:
        self.line = line
        self.client = client
        self.site = site
        self.id = 0
        self.received = ""

    def to_the_code(self, site_file: str = SITE_FILE) -> None:
        """Carry the messages until the keypad shows the code, and the cloud waits for it."""
        begun = self.post("", {"m1": self.line.call("begin")[1], "site": self.site}, 201)
        self.id = begun["id"]
        third = self.line.call("answer", begun["m2"])[1]
        assert self.post(f"/{self.id}/root", {"m3": third, "site_file": site_file})["state"] == "code"

    def type_code(self, code: str | None = None) -> dict[str, Any]:
        """Type what the keypad shows, or another code."""
        return self.post(f"/{self.id}/code", {"code": code or self.line.code})

    def give(self) -> list[str]:
        """Have the panel keep what the cloud gives; return what it says then."""
        for piece in self.get(f"/{self.id}/given")["pieces"]:
            self.line.call("piece", piece)
        return self.line.call("finish")

    def prove(self, said: list[str]) -> dict[str, Any]:
        """Bring the panel's word to the cloud."""
        assert said[:2] == ["state", "kept"]
        return self.post(f"/{self.id}/kept", {"proof": said[3]})

    def post(self, path: str, body: dict[str, Any], expected: int = 200) -> dict[str, Any]:
        """Send a request that must be answered like this."""
        answer = self.client.post(f"/provisioning{path}", json=body)
        assert answer.status_code == expected, answer.text
        self.received += answer.text
        found: dict[str, Any] = answer.json()
        return found

    def get(self, path: str, expected: int = 200) -> dict[str, Any]:
        """Ask for something."""
        answer = self.client.get(f"/provisioning{path}")
        assert answer.status_code == expected, answer.text
        self.received += answer.text
        found: dict[str, Any] = answer.json()
        return found
