"""Home Assistant itself takes what it is told: its own schemas of MQTT discovery, which allow no unknown field.

It runs as a program of its own with the packages of `.venv/peers`, so nothing of it is imported here.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assisted_home import PREFIX, AssistedHome
from hemlarm_cloud.home_assistant import discovery
from hemlarm_cloud.store import Store

PEERS = Path(sys.executable).parents[1] / "peers"
"""Where the locked peers of the tests are installed."""

JUDGE = """
import importlib, json, sys
import voluptuous as vol

judged = {}
for topic, payload in json.load(sys.stdin).items():
    component = topic.split("/")[1]
    platform = importlib.import_module(f"homeassistant.components.mqtt.{component}")
    try:
        platform.DISCOVERY_SCHEMA(payload)
        platform.PLATFORM_SCHEMA_MODERN(payload)
        judged[topic] = ""
    except vol.Invalid as error:
        judged[topic] = str(error)
print(json.dumps(judged))
"""


def judged(told: dict[str, object]) -> dict[str, str]:
    """What Home Assistant has to say to discovery payloads, by topic; nothing to those it takes."""
    peers = os.environ.get("HEMLARM_PEERS", str(PEERS))
    if not (Path(peers) / "homeassistant").is_dir():
        pytest.skip("Home Assistant is not among the peers of the tests")
    environment = {"PYTHONPATH": peers, "PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", JUDGE],
        input=json.dumps(told), capture_output=True, text=True, timeout=60, env=environment,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    found: dict[str, str] = json.loads(ended.stdout)
    return found


def test_home_assistants_own_schemas_accept_every_payload(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'store.db'}")
    told: dict[str, object] = {}
    home = AssistedHome(store)
    for commands in (False, True):
        for limit in ("never", "code", "always"):
            home.configure(2, remote_disarm=limit, remote_unlock=limit)
            house = home.house(commands)
            found = discovery.messages(house, PREFIX) | dict([discovery.answer_config(house, PREFIX)])
            configs = {topic: json.loads(each) for topic, each in found.items() if topic.endswith("/config")}
            told |= {f"{topic}/{commands}/{limit}": config for topic, config in configs.items()}
    store.close()
    components = {topic.split("/")[1] for topic in told}
    assert components == {"alarm_control_panel", "binary_sensor", "sensor", "switch", "lock"}
    verdicts = judged(told)
    assert verdicts == dict.fromkeys(told, "")


def test_they_would_refuse_a_field_that_is_wrong_or_unknown() -> None:
    right = {"state_topic": "a/b", "command_topic": "a/c", "name": "Larm"}
    wrong: dict[str, object] = {
        f"{PREFIX}/alarm_control_panel/n/1/config": right | {"supported_features": ["arm_now"]},
        f"{PREFIX}/alarm_control_panel/n/2/config": right | {"colour": "red"},
        f"{PREFIX}/alarm_control_panel/n/3/config": {"state_topic": "a/b"},
        f"{PREFIX}/sensor/n/4/config": {"state_topic": "a/b", "device_class": "hunger"},
        f"{PREFIX}/switch/n/5/config": right | {"command_topic": "a/#"},
    }
    assert all(judged(wrong).values())
