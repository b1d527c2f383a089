"""The house page over the real firmware: the whole way from a deed to what is told of it, in both kinds of time."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.sync.client import connect
from websockets.typing import Origin

from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.page.actions import ActionError, do
from hemlarm_simulator.page.command import chosen_houses, read_credentials
from hemlarm_simulator.page.doors import Doors
from hemlarm_simulator.page.feed import Feed
from hemlarm_simulator.page.opening import Opened, Wanted, opened
from hemlarm_simulator.page.pictures import content
from hemlarm_simulator.page.runner import VirtualRunner
from hemlarm_simulator.page.scene import VirtualScene
from hemlarm_simulator.page.stories import story
from hemlarm_simulator.real_cloud import RealCloud

LIMIT_S = 30.0
HEMLARM = Path(sys.executable).with_name("hemlarm")

Item = dict[str, Any]


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[ForkServer]:
    with ForkServer() as server:
        yield server


@contextmanager
def scene_of(server: ForkServer, folder: Path, names: list[str]) -> Iterator[VirtualScene]:
    scene = VirtualScene(server, folder, chosen_houses(names, 1), 1, 1)
    try:
        scene.run_until(5_000)
        yield scene
    finally:
        scene.close()


def enter(scene: VirtualScene, panel: int, digits: str, mode: str) -> None:
    for key in (*digits, mode):
        do(scene.panels[panel - 1].target, {"do": "key", "key": key})


def items(scene: VirtualScene, found: dict[str, Item], ms: int) -> dict[str, Item]:
    """Everything on the timeline after so much time, by id."""
    scene.run_until(scene.town.now_ms + ms)
    timeline, _ = scene.news()
    found |= {item["id"]: item for item in timeline}
    return found


def test_an_event_is_told_from_its_recording_to_its_case_with_the_bytes_that_were_on_the_wire(
    server: ForkServer, tmp_path: Path
) -> None:
    with scene_of(server, tmp_path, ["villa"]) as scene:
        wire: list[bytes] = []
        broker = scene.town.cloud.broker
        published = broker.published

        def tapped(topic: str, payload: bytes) -> None:
            wire.append(payload)
            published(topic, payload)

        broker.published = tapped
        house = scene.panels[0].target
        do(house, {"do": "ethernet", "on": False})
        do(house, {"do": "smoke", "what": "kitchen"})
        found = items(scene, {}, 20_000)
        fire = next(item for item in found.values() if item["qcode"] == 1111)
        assert (fire["committed_ms"], fire["acked_ms"], fire["sealed"]) == (None, None, "")
        assert (scene.panels[0].path, fire["what"]["sv"]) == ("none", "Röklarm")
        do(house, {"do": "ethernet", "on": True})
        fire = items(scene, found, 60_000)[fire["id"]]
        assert (fire["zone"], fire["path"], fire["size"]) == ("kitchen", "ip", 68)
        assert bytes.fromhex(fire["sealed"]) in wire
        assert fire["at_ms"] < fire["committed_ms"] < fire["acked_ms"]
        assert fire["case"] == {"id": fire["case"]["id"], "category": "fire", "state": "new"}
        assert [step["en"] for step in fire["steps"]][:2] == ["Fire · Case", f"Case {fire['case']['id']}: New"]


def test_several_panels_share_one_cloud_and_none_takes_another_down(server: ForkServer, tmp_path: Path) -> None:
    with scene_of(server, tmp_path, ["villa", "two-paths", "villa"]) as scene:
        assert [panel.state(True)[f"{panel.number}/lamp/ready"] for panel in scene.panels] == [True] * 3
        do(scene.panels[0].target, {"do": "hang", "value": "busy"})
        do(scene.panels[1].target, {"do": "smoke", "what": "kitchen"})
        found = items(scene, {}, 60_000)
        fires = [item for item in found.values() if item["qcode"] == 1111]
        assert [(item["panel"], item["acked_ms"] is not None) for item in fires] == [(2, True)]
        assert [world.panel.boots for world in scene.town.worlds] == [2, 1, 1]
        with scene.town.cloud.store.read() as reading:
            assert {event.panel for event in reading.events(limit=1_000)} == {
                world.panel.id for world in scene.town.worlds
            }


def test_a_house_without_any_line_sends_its_alarm_by_sms_to_the_one_cloud(server: ForkServer, tmp_path: Path) -> None:
    with scene_of(server, tmp_path, ["two-paths", "two-paths"]) as scene:
        scene.run_until(60_000)
        house = scene.panels[1].target
        for body in ({"do": "ethernet", "on": False}, {"do": "mobile-data", "on": False}):
            do(house, body)
        do(house, {"do": "smoke", "what": "kitchen"})
        found = items(scene, {}, 120_000)
        fires = [item for item in found.values() if item["qcode"] == 1111]
        assert [(item["panel"], item["path"]) for item in fires] == [(2, "sms")]
        assert fires[0]["acked_ms"] is not None


def test_a_smashed_panel_is_on_the_timeline_though_it_said_nothing(server: ForkServer, tmp_path: Path) -> None:
    with scene_of(server, tmp_path, ["villa"]) as scene:
        do(scene.panels[0].target, {"do": "power", "on": False})
        found = items(scene, {}, 300_000)
        silence = next(item for item in found.values() if item["number"] is None)
        assert (silence["panel"], silence["sealed"], silence["case"]["category"]) == (1, "", "line")
        assert (scene.panels[0].path, scene.panels[0].state(True)["1/powered"]) == ("none", False)


def test_pictures_of_a_fire_are_shown_as_the_board_made_them_and_counted_as_they_arrive(
    server: ForkServer, tmp_path: Path
) -> None:
    with scene_of(server, tmp_path, ["smart-villa"]) as scene:
        assert scene.pictures() == {"1/pictures": {"queued": 0, "sent": 0, "last": ""}}
        do(scene.panels[0].target, {"do": "smoke", "what": "kitchen"})
        items(scene, {}, 60_000)
        pictures = scene.pictures()["1/pictures"]
        assert (pictures["queued"], pictures["sent"], pictures["last"]) == (0, 4, "4")
        jpeg = content(scene.panels[0], "4")
        assert jpeg is not None
        assert jpeg[:2] + jpeg[-2:] == b"\xff\xd8\xff\xd9"
        assert content(scene.panels[0], "5") is None


def test_failing_flash_is_told_and_a_restart_heals_it(server: ForkServer, tmp_path: Path) -> None:
    with scene_of(server, tmp_path, ["villa"]) as scene:
        panel = scene.panels[0]
        do(panel.target, {"do": "flash-fail"})
        do(panel.target, {"do": "smoke", "what": "kitchen"})
        found = items(scene, {}, 30_000)
        assert panel.state(True)["1/flash-fails"] is True
        assert any(item["qcode"] == 1111 and item["acked_ms"] for item in found.values())
        assert scene.town.worlds[0].house.siren == "fire"
        do(panel.target, {"do": "reset"})
        items(scene, found, 10_000)
        assert (panel.state(True)["1/flash-fails"], panel.state(True)["1/boot"]) == (False, 2)


def test_messages_are_told_as_their_recipients_get_them(server: ForkServer, tmp_path: Path) -> None:
    with scene_of(server, tmp_path, ["villa"]) as scene:
        _, messages = scene.news()
        told = {message["recipient"]: message for message in messages}
        assert told["+46700000005"].items() >= {"channel": "sms", "subject": "", "id": "m1"}.items()
        assert "fire certificate" in told["+46700000005"]["text"]
        assert scene.news()[1] == []


class Runner:
    """A runner of virtual time whose page nobody has opened; `until` waits for what it tells."""

    def __init__(self, server: ForkServer, folder: Path) -> None:
        self.feed = Feed()
        self.state: Item = {}
        self.follower = self.feed.follow(lambda: None)
        doors = Doors(lambda: None)
        houses = chosen_houses(["villa"], 1)
        self.runner = VirtualRunner(server, folder, houses, 1, self.feed, doors, "", time.monotonic)

    def until(self, holds: Callable[[Item], bool]) -> Item:
        ends_s = time.monotonic() + LIMIT_S
        while not holds(self.state):
            assert time.monotonic() < ends_s, self.state
            message = self.feed.take(self.follower)
            if message is None:
                time.sleep(0.005)
            elif message["type"] == "snapshot":
                self.state = message["state"]
            else:
                self.state |= message["set"]
        return self.state


@pytest.fixture(name="running")
def _running(server: ForkServer, tmp_path: Path) -> Iterator[Runner]:
    running = Runner(server, tmp_path)
    running.runner.start()
    yield running
    running.runner.stop()


def test_a_story_is_watched_to_its_end_in_its_own_house(running: Runner) -> None:
    running.runner.act({"do": "speed", "value": 3600})
    running.runner.act({"do": "story", "name": "centre-break-in"})
    state = running.until(lambda state: bool(state.get("world/story") and not state["world/story"]["running"]))
    told = state["world/story"]
    assert (told["result"], told["line"], told["title"]) == ("passed", len(told["lines"]), story(told["name"]).title)


def test_time_runs_at_the_speed_that_was_chosen_and_stands_still_when_paused(running: Runner) -> None:
    running.until(lambda state: state.get("1/lamp/ready") is True)
    running.runner.act({"do": "pause"})
    paused = running.until(lambda state: state.get("world/speed") == 0)["world/now_ms"]
    running.runner.act({"do": "open", "what": "front-door"})
    assert running.until(lambda state: state["1/sensor/front-door"]["open"])["world/now_ms"] == paused
    running.runner.act({"do": "speed", "value": 3600})
    running.until(lambda state: state["world/now_ms"] > paused + 3_600_000)
    with pytest.raises(ActionError, match="0, 1, 60, 3600"):
        running.runner.act({"do": "speed", "value": 7})


def test_another_house_takes_the_place_of_the_one_there_is(running: Runner) -> None:
    running.runner.act({"do": "house", "what": "reference"})
    assert running.until(lambda state: "1/battery" in state)["1/battery"]["state"] == "full"
    with pytest.raises(ActionError, match="no house is called"):
        running.runner.act({"do": "house", "what": "/etc/passwd"})
    with pytest.raises(ActionError, match="no story"):
        running.runner.act({"do": "story", "name": "no-such-story"})
    assert running.until(lambda state: state.get("1/lamp/ready") is True)


def post(addresses: Opened, **body: Any) -> httpx.Response:
    return httpx.post(f"{addresses.page}/act", json=body, headers={"Origin": addresses.page})


def test_in_real_time_a_door_reaches_a_real_cloud_over_a_real_broker() -> None:
    with opened(Wanted(chosen_houses(["villa"], 1), real_time=True)) as addresses:
        live = f"{addresses.page.replace('http', 'ws')}/live"
        with connect(live, origin=Origin(addresses.page), max_size=None) as socket:
            snapshot = json.loads(socket.recv())
            assert (snapshot["type"], len(snapshot["plan"])) == ("snapshot", 1)
            assert post(addresses, panel=1, do="press", what="fire-button").status_code == 200
            found: dict[str, Item] = {item["id"]: item for item in snapshot["timeline"]}
            while not any(item["qcode"] == 1115 and item["case"] and item["acked_ms"] for item in found.values()):
                message = json.loads(socket.recv(LIMIT_S))
                found |= {item["id"]: item for item in message["timeline"]}
        refused = post(addresses, do="speed", value=60)
        assert (refused.status_code, "leave --real-time out" in refused.json()["error"]) == (422, True)
        entered = httpx.get(f"{addresses.cloud}/enter/olle")
        assert (entered.status_code, "hemlarm" in entered.cookies) == (303, True)
        assert httpx.get(f"{addresses.cloud}/enter/nobody").status_code == 404


def test_a_panel_of_the_page_reports_to_a_cloud_elsewhere(tmp_path: Path) -> None:
    with RealCloud(tmp_path / "elsewhere") as cloud:
        credentials, file = cloud.provision(), tmp_path / "panel.cbor"
        file.write_bytes(credentials.to_cbor())
        wanted = Wanted(
            chosen_houses(["villa"], 1), cloud="http://cloud.example", credentials=(read_credentials(file),)
        )
        with opened(wanted) as addresses, watching(addresses) as (snapshot, messages):
            assert [door["url"] for door in snapshot["doors"]] == ["http://cloud.example"]
            assert post(addresses, panel=1, do="press", what="fire-button").status_code == 200
            found: dict[str, Item] = {}
            while not any(item["qcode"] == 1115 and item["acked_ms"] for item in found.values()):
                found |= {item["id"]: item for item in next(messages)["timeline"]}
        assert [event.qcode for event in cloud.events(credentials.panel_id)].count(1115) == 1


@contextmanager
def watching(addresses: Opened) -> Iterator[tuple[Item, Iterator[Item]]]:
    """What a page is told: first all there is, then each change."""
    live = f"{addresses.page.replace('http', 'ws')}/live"
    with connect(live, origin=Origin(addresses.page), max_size=None) as socket:
        yield json.loads(socket.recv()), iter(lambda: json.loads(socket.recv(LIMIT_S)), None)


def test_the_command_says_where_the_page_is_and_ends_when_it_is_told_to() -> None:
    command = [str(HEMLARM), "sim", "open", "--no-browser", "--json", "--listen", "127.0.0.1:0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        assert httpx.get(f"{told['url']}/static/house.js").status_code == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(LIMIT_S) == 0
