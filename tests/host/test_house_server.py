"""The house page's server: what it tells, what may be done by POST, and whom it refuses."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from hemlarm_simulator.page.actions import ActionError
from hemlarm_simulator.page.feed import Feed
from hemlarm_simulator.page.jobs import BusyError
from hemlarm_simulator.page.server import BODY_MAX, make_page

HOST = "127.0.0.1:8700"
LIVE = f"ws://{HOST}/live"
OWN = {"origin": f"http://{HOST}"}


class Noting:
    """A runner that notes what is asked of it, and refuses what it is told to refuse."""

    def __init__(self) -> None:
        self.asked: list[Mapping[str, Any]] = []
        self.refusal: Exception | None = None

    def act(self, body: Mapping[str, Any]) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.asked.append(body)

    def picture(self, panel: int, name: str) -> bytes | None:
        return b"\xff\xd8" if (panel, name) == (1, "3") else None


@pytest.fixture(name="runner")
def _runner() -> Noting:
    return Noting()


@pytest.fixture(name="feed")
def _feed() -> Feed:
    return Feed()


@pytest.fixture(name="client")
def _client(feed: Feed, runner: Noting) -> Iterator[TestClient]:
    with TestClient(make_page(feed, runner, ("127.0.0.1", "localhost")), base_url=f"http://{HOST}") as client:
        yield client


def test_the_page_gets_a_snapshot_and_then_what_changes(client: TestClient, feed: Feed) -> None:
    feed.begin({"plan": {}, "stories": []})
    feed.publish({"1/siren": "off"})
    with client.websocket_connect(LIVE, headers=OWN) as socket:
        assert socket.receive_json() == {
            "type": "snapshot",
            "state": {"1/siren": "off"},
            "timeline": [],
            "messages": [],
            "plan": {},
            "stories": [],
        }
        feed.publish({"1/siren": "fire"}, [{"id": "1.1"}])
        assert socket.receive_json() == {
            "type": "change",
            "set": {"1/siren": "fire"},
            "timeline": [{"id": "1.1"}],
            "messages": [],
        }


@pytest.mark.parametrize("origin", [{"origin": "http://elsewhere.example"}, {"origin": "null"}, {}])
def test_another_page_in_the_same_browser_hears_nothing(client: TestClient, origin: dict[str, str]) -> None:
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(LIVE, headers=origin):
        pass


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://elsewhere.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "cross-site"},
        OWN | {"sec-fetch-site": "same-site"},
        {},
    ],
)
def test_another_page_in_the_same_browser_does_nothing(
    client: TestClient, runner: Noting, headers: dict[str, str]
) -> None:
    answer = client.post("/act", json={"do": "open"}, headers=headers)
    assert answer.status_code == 403
    assert runner.asked == []


def test_the_page_itself_can_do_what_there_is_to_do(client: TestClient, runner: Noting) -> None:
    answer = client.post("/act", json={"panel": 1, "do": "open", "what": "front-door"}, headers=OWN)
    assert (answer.status_code, answer.json()) == (200, {"done": True})
    assert runner.asked == [{"panel": 1, "do": "open", "what": "front-door"}]


def test_a_refusal_says_why(client: TestClient, runner: Noting) -> None:
    runner.refusal = ActionError("no way leads there")
    answer = client.post("/act", json={"do": "walk"}, headers=OWN)
    assert (answer.status_code, answer.json()) == (422, {"error": "no way leads there"})
    runner.refusal = BusyError("try again")
    assert client.post("/act", json={"do": "walk"}, headers=OWN).status_code == 503


@pytest.mark.parametrize(
    ("content", "status"), [(b"{", 422), (b"[]", 422), (b"\xff", 422), (b'"' + b"x" * BODY_MAX + b'"', 413)]
)
def test_what_is_no_wish_is_refused(client: TestClient, runner: Noting, content: bytes, status: int) -> None:
    assert client.post("/act", content=content, headers=OWN).status_code == status
    assert runner.asked == []


def test_a_name_that_somebody_else_gave_this_machine_is_not_answered_to(client: TestClient, runner: Noting) -> None:
    forged = {"host": "rebound.example:8700", "origin": "http://rebound.example:8700"}
    assert client.get("/", headers=forged).status_code == 421
    assert client.post("/act", json={"do": "open"}, headers=forged).status_code == 421
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(LIVE, headers=forged):
        pass
    assert runner.asked == []


def test_pictures_are_shown_as_the_board_made_them(client: TestClient) -> None:
    assert client.get("/picture/1/3.jpg").content == b"\xff\xd8"
    assert client.get("/picture/1/3.jpg").headers["content-type"] == "image/jpeg"
    assert client.get("/picture/1/4.jpg").status_code == 404


@pytest.mark.parametrize("path", ["/", "/picture/1/3.jpg", "/nothing", "/static/house.js"])
def test_every_answer_keeps_foreign_code_out(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"


def test_nothing_beside_the_page_s_own_files_is_served(client: TestClient) -> None:
    assert client.get("/static/../server.py").status_code == 404
    assert client.get("/static/%2e%2e/server.py").status_code == 404
