"""What a Home Assistant is told of a home: each field as Home Assistant documents it, and never more than is known.

`test_home_assistant_schema.py` lets Home Assistant's own schemas say the same.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assisted_home import PREFIX, AssistedHome
from hemlarm_cloud.home_assistant import discovery
from hemlarm_cloud.home_assistant.discovery import slug
from hemlarm_cloud.store import Store
from hemlarm_protocol import household
from home_support import degrees
from registered_site import PANEL

TOPIC = re.compile(r"[A-Za-z0-9_/-]{1,200}")


def is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 255


def is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def is_topic(value: Any) -> bool:
    return isinstance(value, str) and TOPIC.fullmatch(value) is not None


def one_of(*allowed: Any) -> Callable[[Any], bool]:
    return lambda value: value in allowed


def is_device(value: Any) -> bool:
    return value.keys() == {"identifiers", "name", "manufacturer", "model"} and len(value["identifiers"]) == 1


def is_availability(value: Any) -> bool:
    return bool(value) and all(each.keys() == {"topic"} and is_topic(each["topic"]) for each in value)


COMMON: dict[str, Callable[[Any], bool]] = {
    "name": is_text,
    "unique_id": is_text,
    "state_topic": is_topic,
    "availability": is_availability,
    "availability_mode": one_of("all", "any", "latest"),
    "qos": one_of(0, 1, 2),
    "device": is_device,
    "origin": lambda value: value == {"name": "Hemlarm"},
    "entity_category": one_of("config", "diagnostic"),
    "icon": lambda value: value.startswith("mdi:"),
}
FIELDS: dict[str, dict[str, Callable[[Any], bool]]] = {
    "alarm_control_panel": {
        "command_topic": is_topic,
        "supported_features": lambda value: set(value) <= {"arm_home", "arm_away", "arm_night"},
        "code": one_of("REMOTE_CODE", "REMOTE_CODE_TEXT"),
        "code_arm_required": is_flag,
        "code_disarm_required": is_flag,
        "code_trigger_required": is_flag,
        "command_template": is_text,
    },
    "binary_sensor": {
        "device_class": one_of(
            *("opening", "motion", "vibration", "smoke", "heat", "moisture", "carbon_monoxide", "tamper", "safety"),
            *("connectivity", "problem", "power", "lock"),
        ),
    },
    "sensor": {
        "device_class": one_of("temperature", "battery"),
        "unit_of_measurement": one_of("°C", "%"),
        "state_class": one_of("measurement"),
    },
    "switch": {"command_topic": is_topic, "device_class": one_of("outlet", "switch")},
    "lock": {
        "command_topic": is_topic,
        "command_template": is_text,
        "code_format": lambda value: re.compile(value) is not None,
    },
}
"""The fields of each component that we send, and what Home Assistant documents of them."""

REQUIRED = {"alarm_control_panel": {"command_topic"}, "switch": {"command_topic"}, "lock": {"command_topic"}}
STATES = {
    "alarm_control_panel": r"disarmed|armed_home|armed_away|armed_night|pending|arming|triggered|None",
    "binary_sensor": r"ON|OFF|None",
    "sensor": r"-?\d+(\.\d)?|None",
    "switch": r"ON|OFF|None",
    "lock": r"LOCKED|UNLOCKED|JAMMED|None",
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'store.db'}")
    yield opened
    opened.close()


@pytest.mark.parametrize("limit", ["never", "code", "always"])
@pytest.mark.parametrize("commands", [False, True])
def test_every_field_is_as_home_assistant_documents_it(store: Store, commands: bool, limit: str) -> None:
    home = AssistedHome(store, remote_disarm=limit, remote_unlock=limit)
    told = home.messages(commands)
    told |= dict([discovery.answer_config(home.house(commands), PREFIX)])
    configs = {topic: json.loads(payload) for topic, payload in told.items() if topic.endswith("/config")}
    assert len(configs) >= 10
    assert len({config["unique_id"] for config in configs.values()}) == len(configs)
    for topic, config in configs.items():
        prefix, component, node, object_id, _ = topic.split("/")
        assert (prefix, node) == (PREFIX, f"hemlarm_{home.site}")
        assert re.fullmatch(r"[A-Za-z0-9_-]+", object_id)
        known = COMMON | FIELDS[component]
        assert {name for name, value in config.items() if not known[name](value)} == set()
        assert {"name", "unique_id", "state_topic", "device"} | REQUIRED.get(component, set()) <= config.keys()
        state = told.get(config["state_topic"])
        assert state is None or re.fullmatch(STATES[component], state)
        for each in config["availability"]:
            assert told.get(each["topic"], "online") in ("online", "offline")


def test_a_home_is_one_alarm_panel_with_its_zones_battery_and_temperatures(store: Store) -> None:
    home = AssistedHome(store)
    names = {
        "/".join(topic.split("/")[1:4:2]).replace(PANEL, "P"): json.loads(payload)["name"]
        for topic, payload in home.messages().items()
        if topic.endswith("/config")
    }
    assert names == {
        "alarm_control_panel/P_area1": "Larm",
        "binary_sensor/P_zone1": "Ytterdörr",
        "binary_sensor/P_zone2": "Köksfönster",
        "binary_sensor/P_contact": "Kontakt",
        "binary_sensor/P_fault": "Fel",
        "binary_sensor/P_mains": "Nätspänning",
        "sensor/P_battery": "Batteri",
        "sensor/P_temperature7": "Källare",
        "switch/P_plug1": "Kaffebryggare",
        "lock/P_lock2": "Ytterdörr",
    }
    states = {thing: home.state(thing) for thing in ("battery", "temperature7", "plug1", "lock2", "mains", "contact")}
    assert states == {
        "battery": "87", "temperature7": "8.5", "plug1": "ON", "lock2": "LOCKED", "mains": "ON", "contact": "ON",
    }  # fmt: skip


def test_without_commands_there_is_nothing_to_switch(store: Store) -> None:
    home = AssistedHome(store)
    told = home.messages(commands=False)
    assert not any("/switch/" in topic or "/lock/" in topic for topic in told)
    config = json.loads(told[f"{PREFIX}/alarm_control_panel/hemlarm_{home.site}/{PANEL}_area1/config"])
    assert config["supported_features"] == []
    assert home.state("lock2", commands=False) == "OFF"
    assert home.state("plug1", commands=False) == "ON"


def test_a_code_is_asked_for_where_the_household_wants_one(store: Store) -> None:
    home = AssistedHome(store, remote_disarm="code", remote_unlock="code")
    told = home.messages()
    alarm = json.loads(told[f"{PREFIX}/alarm_control_panel/hemlarm_{home.site}/{PANEL}_area1/config"])
    assert (alarm["code"], alarm["code_disarm_required"], alarm["code_arm_required"]) == ("REMOTE_CODE", True, False)
    lock = json.loads(told[f"{PREFIX}/lock/hemlarm_{home.site}/{PANEL}_lock2/config"])
    assert re.fullmatch(lock["code_format"], "2580")
    assert not re.fullmatch(lock["code_format"], "25")


def test_a_lock_that_nobody_opens_from_afar_is_only_looked_at(store: Store) -> None:
    home = AssistedHome(store, remote_unlock="never")
    assert not any("/lock/" in topic for topic in home.messages())
    assert home.state("lock2") == "OFF"


def test_arming_alarm_and_disarming_show(store: Store) -> None:
    home = AssistedHome(store)
    assert home.state("area1") == "None"
    home.tell(3441, 1, user=2)
    assert home.state("area1") == "armed_home"
    home.measure((household.AREA, 1, 2 + household.IN_EXIT))
    assert home.state("area1") == "arming"
    home.measure((household.AREA, 1, 2))
    home.tell(1131, 2, zone=2)
    assert (home.state("area1"), home.state("zone2"), home.state("zone1")) == ("triggered", "ON", "OFF")
    home.tell(3131, 3, zone=2)
    assert (home.state("area1"), home.state("zone2")) == ("armed_home", "OFF")
    home.tell(1401, 4, user=2)
    assert home.state("area1") == "disarmed"


def test_a_hold_up_alarm_shows_nowhere(store: Store) -> None:
    zones = [{"number": 4, "type": "hold_up", "area": 1, "name": "Knapp"}, {"number": 5, "type": "fire", "area": 1}]
    home = AssistedHome(store, zones=zones)
    home.tell(3401, 1, user=2)
    before = home.messages()
    home.tell(1122, 2, zone=4)
    home.tell(1121, 3, user=1)
    assert home.messages() == before
    assert not any("zone4" in topic for topic in before)


def test_on_the_mobile_network_readings_are_not_available_and_the_alarm_is(store: Store) -> None:
    home = AssistedHome(store)
    home.tell(1350, 5)
    home.now_ms += 10_000
    told, base = home.messages(), f"hemlarm/{home.site}/{PANEL}"
    assert (told[f"{base}/heard"], told[f"{base}/read"]) == ("online", "offline")
    assert (told[f"{base}/temperature7"], told[f"{base}/plug1"], told[f"{base}/lock2"]) == ("None", "None", "None")


def test_a_panel_that_is_not_heard_is_not_available(store: Store) -> None:
    home = AssistedHome(store)
    home.now_ms += 3 * 86_400_000
    base = f"hemlarm/{home.site}/{PANEL}"
    told = home.messages()
    assert (told[f"{base}/heard"], told[f"{base}/read"], told[f"{base}/contact"]) == ("offline", "offline", "OFF")


def test_a_jammed_lock_and_one_that_moves_are_no_locked_ones(store: Store) -> None:
    home = AssistedHome(store)
    for value, lock, sensor in (
        (0, "UNLOCKED", "ON"),
        (1, "LOCKED", "OFF"),
        (2, "None", "None"),
        (3, "JAMMED", "None"),
    ):
        home.measure((household.LOCK, 2, value))
        assert (home.state("lock2"), home.state("lock2", commands=False)) == (lock, sensor)


def test_a_frost_is_told_with_its_sign(store: Store) -> None:
    home = AssistedHome(store)
    home.measure((household.TEMPERATURE, 7, degrees(-123)))
    assert home.state("temperature7") == "-12.3"


def test_foreign_ids_become_topics_and_two_never_one() -> None:
    ids = ["00112233445566ff", "sos:AB/+1#", "sos:AB/+1+", "dc09:1234", "dc09_1234", "ä" * 60]
    assert len({slug(each) for each in ids}) == len(ids)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,60}", slug(each)) for each in ids)
