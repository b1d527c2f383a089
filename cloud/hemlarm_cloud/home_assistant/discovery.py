"""From a home to MQTT messages as Home Assistant's discovery wants them. Pure.

Every message is retained, so that a Home Assistant that starts later knows all of it. Topics:

    PREFIX/COMPONENT/hemlarm_SITE/OBJECT/config     what there is, see Home Assistant's "MQTT discovery"
    hemlarm/SITE/online                             whether we are there: "offline" is our last will
    hemlarm/SITE/PANEL/heard, .../read              whether the panel is heard, and its readings are known now
    hemlarm/SITE/PANEL/OBJECT                       how it is
    hemlarm/SITE/PANEL/OBJECT/set                   what Home Assistant asks for
"""

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from hemlarm_cloud.home_assistant.house import Area, House, Panel, Zone
from hemlarm_cloud.home_assistant.words import word
from hemlarm_cloud.homes import arming
from hemlarm_cloud.homes.panels import CODE, NEVER
from hemlarm_cloud.homes.readings import Reading
from hemlarm_protocol import household

ONLINE, OFFLINE = "online", "offline"
NOT_KNOWN = "None"
"""What Home Assistant takes for "not known"."""

CODE_FORMAT = rf"^\d{{{household.CODE_DIGITS_MIN},{household.CODE_DIGITS_MAX}}}$"

ARMING_ACTIONS = {arming.AWAY: "ARM_AWAY", arming.HOME: "ARM_HOME", arming.NIGHT: "ARM_NIGHT"}

_ARMED = {
    arming.DISARMED: "disarmed",
    arming.AWAY: "armed_away",
    arming.HOME: "armed_home",
    arming.NIGHT: "armed_night",
}
_PHASES = {"exit": "arming", "entry": "pending", "alarm": "triggered"}

_CLASSES = {"fire": "smoke", "co": "carbon_monoxide", "water": "moisture", "tamper": "tamper", "hold_up": "safety"}
"""By a zone's type."""

_SENSOR_CLASSES = {
    "contact": "opening", "motion": "motion", "pet_motion": "motion", "camera": "motion", "pet_camera": "motion",
    "glass": "vibration", "heat": "heat",
}  # fmt: skip

_LOCKS = {
    household.UNLOCKED: "UNLOCKED",
    household.LOCKED: "LOCKED",
    household.JAMMED: "JAMMED",
}
_TEMPERATURE, _PLUG, _LOCK = household.TEMPERATURE, household.PLUG, household.LOCK


class Entity(NamedTuple):
    """One thing in Home Assistant: its component, its own part of the discovery message, and its state."""

    panel: str
    component: str
    object: str
    config: dict[str, Any]
    state: str
    needs: str = "heard"
    """What else must be so for its state to be known: the panel is heard, or its readings are known."""


def messages(house: House, prefix: str) -> dict[str, str]:
    """Return all that Home Assistant is told of a home, payloads by topic."""
    told: dict[str, str] = {}
    for panel in house.panels:
        base = f"{base_topic(house.site)}/{slug(panel.id)}"
        told[f"{base}/heard"] = _presence(panel.contact != "no-contact")
        told[f"{base}/read"] = _presence(not panel.contact)
    for entity in entities(house):
        told[config_topic(prefix, house.site, entity)] = _config(house, entity)
        told[state_topic(house.site, entity)] = entity.state
    return told


def entities(house: House) -> Iterator[Entity]:
    """Return everything that there is."""
    for panel in house.panels:
        for area in panel.areas:
            yield _area(house, panel, area)
        for zone in panel.zones:
            yield _zone(house, panel, zone)
        yield from _health(house, panel)
    panels = {panel.id: panel for panel in house.panels}
    for reading in house.readings:
        if reading.panel in panels:
            yield _reading(house, panels[reading.panel], reading)


def base_topic(site: int) -> str:
    """Where all of a site's topics are but those of discovery."""
    return f"hemlarm/{site}"


def online_topic(site: int) -> str:
    """Where it is told whether we are there."""
    return f"{base_topic(site)}/online"


def answer_topic(site: int) -> str:
    """Where it is told why something that was asked for is not done."""
    return f"{base_topic(site)}/answer"


def node(site: int) -> str:
    """The part of discovery's topics that all things of a site share."""
    return f"hemlarm_{site}"


def config_topic(prefix: str, site: int, entity: Entity) -> str:
    """Where a thing is announced."""
    return f"{prefix}/{entity.component}/{node(site)}/{slug(entity.panel)}_{entity.object}/config"


def state_topic(site: int, entity: Entity) -> str:
    """Where a thing's state is told."""
    return f"{base_topic(site)}/{slug(entity.panel)}/{entity.object}"


def slug(transmitter: str) -> str:
    """Return a transmitter's id in letters that topics and ids allow; two ids never give one."""
    if re.fullmatch(r"[A-Za-z0-9-]{1,40}", transmitter):
        return transmitter
    plain = re.sub(r"[^A-Za-z0-9-]", "_", transmitter)[:40]
    return f"{plain}_{hashlib.sha256(transmitter.encode()).hexdigest()[:8]}"


def answer_config(house: House, prefix: str) -> tuple[str, str]:
    """Return topic and payload that announce the sensor which tells why something asked for is not done."""
    config = {
        "name": word(house.language, "answer"),
        "state_topic": answer_topic(house.site),
        "entity_category": "diagnostic",
        "icon": "mdi:message-alert-outline",
        "unique_id": f"{node(house.site)}_answer",
        "availability": [{"topic": online_topic(house.site)}],
    }
    return f"{prefix}/sensor/{node(house.site)}/answer/config", _json(config | _about(house))


def _config(house: House, entity: Entity) -> str:
    base = f"{base_topic(house.site)}/{slug(entity.panel)}"
    config = {
        **entity.config,
        "unique_id": f"{node(house.site)}_{slug(entity.panel)}_{entity.object}",
        "state_topic": state_topic(house.site, entity),
        "availability": [{"topic": online_topic(house.site)}]
        + [{"topic": f"{base}/{entity.needs}"}] * bool(entity.needs),
        "availability_mode": "all",
        "qos": 1,
    }
    return _json(config | _about(house))


def _about(house: House) -> dict[str, Any]:
    device = {"identifiers": [node(house.site)], "name": house.name, "manufacturer": "Hemlarm", "model": "Hemlarm"}
    return {"device": device, "origin": {"name": "Hemlarm"}}


def _area(house: House, panel: Panel, area: Area) -> Entity:
    only = len(house.panels) == 1 and len(panel.areas) == 1
    name = area.name or (word(house.language, "alarm") if only else word(house.language, "area", area.number))
    object_id = f"area{area.number}"
    config: dict[str, Any] = {
        "name": name,
        "command_topic": f"{base_topic(house.site)}/{slug(panel.id)}/{object_id}/set",
        "supported_features": ["arm_away", "arm_home", "arm_night"] if house.commands else [],
        "code_arm_required": False,
        "code_disarm_required": house.commands and panel.disarm == CODE,
        "code_trigger_required": False,
        "command_template": '{"action": {{ action | tojson }}, "code": {{ code | tojson }}}',
    }
    if house.commands and panel.disarm == CODE:
        config["code"] = "REMOTE_CODE"
    return Entity(panel.id, "alarm_control_panel", object_id, config, _area_state(area))


def _area_state(area: Area) -> str:
    if area.alarm:
        return "triggered"
    return _PHASES.get(area.phase) or _ARMED.get(area.state or "", NOT_KNOWN)


def _zone(house: House, panel: Panel, zone: Zone) -> Entity:
    config = {"name": zone.name or word(house.language, "zone", zone.number)}
    device_class = _CLASSES.get(zone.kind) or _SENSOR_CLASSES.get(zone.sensor, "safety")
    return Entity(
        panel.id,
        "binary_sensor",
        f"zone{zone.number}",
        config | {"device_class": device_class},
        _switched(zone.alarm),
    )


def _health(house: House, panel: Panel) -> Iterator[Entity]:
    """The panel itself: is it heard, has it a fault, does it have mains, and how full is its battery."""
    prefix = f"{panel.name} " if len(house.panels) > 1 and panel.name else ""

    def about(what: str, component: str, state: str, needs: str = "heard", **config: Any) -> Entity:
        named = {"name": prefix + word(house.language, what), "entity_category": "diagnostic"}
        return Entity(panel.id, component, what, named | config, state, needs)

    connected = _switched(panel.contact != "no-contact")
    yield about("contact", "binary_sensor", connected, needs="", device_class="connectivity")
    yield about("fault", "binary_sensor", _switched(panel.fault), needs="", device_class="problem")
    if panel.mains is not None:
        yield about("mains", "binary_sensor", _switched(panel.mains), device_class="power")
    if panel.battery_percent is not None:
        percent = {"device_class": "battery", "unit_of_measurement": "%", "state_class": "measurement"}
        yield about("battery", "sensor", str(panel.battery_percent), **percent)


def _reading(house: House, panel: Panel, reading: Reading) -> Entity:
    if reading.kind == _TEMPERATURE:
        name = reading.name or f"{word(house.language, 'temperature')} {reading.number}"
        config = {
            "name": name,
            "device_class": "temperature",
            "unit_of_measurement": "°C",
            "state_class": "measurement",
        }
        state = NOT_KNOWN if reading.value is None else f"{reading.value / 10:.1f}"
        return Entity(panel.id, "sensor", f"temperature{reading.number}", config, state, "read")
    return _plug(house, panel, reading) if reading.kind == _PLUG else _lock(house, panel, reading)


def _plug(house: House, panel: Panel, reading: Reading) -> Entity:
    """A switch; where nothing may be asked for, a sensor that tells whether it is on."""
    object_id = f"plug{reading.number}"
    config: dict[str, Any] = {"name": reading.name or f"{word(house.language, 'plug')} {reading.number}"}
    state = NOT_KNOWN if reading.value is None else _switched(bool(reading.value))
    if not house.commands:
        return Entity(panel.id, "binary_sensor", object_id, config | {"device_class": "power"}, state, "read")
    config |= {"device_class": "outlet", "command_topic": _command_topic(house, panel, object_id)}
    return Entity(panel.id, "switch", object_id, config, state, "read")


def _lock(house: House, panel: Panel, reading: Reading) -> Entity:
    """A lock; where nothing may be asked for, a sensor that is on while it is not locked."""
    object_id = f"lock{reading.number}"
    config: dict[str, Any] = {"name": reading.name or f"{word(house.language, 'lock')} {reading.number}"}
    if not house.commands or panel.unlock == NEVER:
        known = reading.value in (household.UNLOCKED, household.LOCKED)
        state = _switched(reading.value == household.UNLOCKED) if known else NOT_KNOWN
        return Entity(panel.id, "binary_sensor", object_id, config | {"device_class": "lock"}, state, "read")
    config |= {
        "command_topic": _command_topic(house, panel, object_id),
        "command_template": '{"action": {{ value | tojson }}, "code": {{ code | tojson }}}',
    }
    if panel.unlock == CODE:
        config["code_format"] = CODE_FORMAT
    state = NOT_KNOWN if reading.value is None else _LOCKS.get(reading.value, NOT_KNOWN)
    return Entity(panel.id, "lock", object_id, config, state, "read")


def _command_topic(house: House, panel: Panel, object_id: str) -> str:
    return f"{base_topic(house.site)}/{slug(panel.id)}/{object_id}/set"


def _switched(on: bool) -> str:
    return "ON" if on else "OFF"


def _presence(here: bool) -> str:
    return ONLINE if here else OFFLINE


def _json(config: dict[str, Any]) -> str:
    return json.dumps(config, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
