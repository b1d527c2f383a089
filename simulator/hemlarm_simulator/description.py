"""A house as its file describes it: zones with names and kinds, users with codes, delays. Checked when it is read.

What the panel's configuration knows and a house does not care about passes through as it is; a field that the file
leaves out is left to the firmware's default.
"""

import hashlib
import math
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hemlarm_installer import firmware_code
from hemlarm_simulator.house_table import Fields, HouseError, HouseTable
from hemlarm_simulator.modem_description import ModemDescription, read_modem
from hemlarm_simulator.output_description import OutputDescription, read_output
from hemlarm_simulator.plants.loads import PIR_MA, REFERENCE_MA
from hemlarm_simulator.plants.wires import WIRINGS
from hemlarm_simulator.power_description import AGES_PERCENT, BATTERIES, LOADS_MA, MAH, TEMPERATURES_C, PowerDescription

HOUSES = Path(__file__).with_name("houses")
KINDS = {
    "door": "contact",
    "window": "contact",
    "glass": "glass",
    "button": "button",
    "motion": "motion",
    "pet-motion": "pet_motion",
    "camera": "camera",
    "pet-camera": "pet_camera",
    "smoke": "smoke",
    "heat": "heat",
    "co": "co",
    "water": "water",
    "tamper": "tamper",
    "temperature": "temperature",
}
"""What stands or hangs in a house, and what the panel's configuration calls its sensor."""

WITH_SOUNDER = ("smoke", "heat", "co")
_FED_BY_THE_PANEL = ("motion", "pet-motion", "camera", "pet-camera", "glass")
_CODE_SALT_BYTES = 16
_RADIO_ID_BYTES = 4
_RADIO_KEY_BYTES = 16
_LOSS_PERCENT_MAX = 90
_PET_KG_MAX = 100

# Fields that go to the panel unchanged, with their types.
_PANEL_FIELDS = {
    "outdoor_s": int,
    "outdoor_delay_s": int,
    "chime": bool,
    "keypad_alarms": bool,
    "utc_offset_min": int,
    "dst": str,
    "remote_disarm": str,
    "remote_unlock": str,
}
_AREA_FIELDS = {"confirm_s": int, "cancel_s": int}
_ZONE_FIELDS = {
    "night": bool,
    "chime": bool,
    "bypass": bool,
    "swinger": int,
    "group": int,
    "verify": bool,
    "supervise_min": int,
    "silent": bool,
    "low_c": int,
    "high_c": int,
}
_POWER_FIELDS = {"mains_delay_s": int, "battery_test_h": int}
_USER_FIELDS = {"role": str, "areas": list, "days": int, "from_min": int, "to_min": int, "until_s": int}


@dataclass(frozen=True)
class SensorDescription:
    """One detector on one zone. `type` is the panel's zone type, `home` whether it guards in home mode.

    `label` is what the keypad calls the zone. `wiring` is as in the panel's configuration, "" a digital contact; with
    `radio` there is no wire, and `loss_percent` of all frames get lost on their way. `latching` detectors hold their
    alarm until their power is switched. A camera with `pictures` takes some. `fields` go to the panel as they are.
    """

    name: str
    kind: str
    zone: int
    type: str
    area: int
    home: bool
    label: str = ""
    wiring: str = ""
    radio: bool = False
    loss_percent: int = 0
    latching: bool = False
    pictures: bool = False
    fields: Fields = field(default_factory=dict)

    @property
    def radio_id(self) -> bytes:
        """The sensor's number on the air. As codes do, ids and keys follow from the file: nobody lives there."""
        return hashlib.sha256(f"sensor {self.name}".encode()).digest()[:_RADIO_ID_BYTES]

    @property
    def radio_key(self) -> bytes:
        """The key that it shares with the panel."""
        return hashlib.sha256(f"key of sensor {self.name}".encode()).digest()[:_RADIO_KEY_BYTES]

    def panel_config(self) -> dict[int | str, Any]:
        """The zone in the panel's configuration."""
        zone: dict[int | str, Any] = {
            "number": self.zone,
            "type": self.type,
            "area": self.area,
            "sensor": KINDS[self.kind],
            "home": self.home,
            **self.fields,
        }
        if self.label:
            zone["name"] = self.label
        if self.wiring:
            zone["wiring"] = self.wiring
        if self.radio:
            zone |= {"radio": self.radio_id, "key": self.radio_key}
        return zone


@dataclass(frozen=True)
class UserDescription:
    """Somebody with a code, perhaps a duress code and tags (the bytes that these tell). `fields` go to the panel."""

    name: str
    number: int
    code: str = ""
    duress: str = ""
    tags: tuple[bytes, ...] = ()
    fields: Fields = field(default_factory=dict)

    def panel_config(self, salt: bytes) -> dict[int | str, Any]:
        """The user in the panel's configuration, with codes and tags hashed under `salt`."""
        codes = firmware_code.load("hemlarm_firmware.panel.codes")
        user: dict[int | str, Any] = {"number": self.number, **self.fields}
        if self.code:
            user["hash"] = codes.hash_code(self.code, salt)
        if self.duress:
            user["duress"] = codes.hash_code(self.duress, salt)
        if self.tags:
            user["tags"] = [codes.hash_tag(uid, salt) for uid in self.tags]
        return user


@dataclass(frozen=True)
class AreaDescription:
    """An area with its delays in seconds. `fields` go to the panel as they are."""

    number: int
    exit_s: int
    entry_s: int
    fields: Fields = field(default_factory=dict)

    def panel_config(self) -> dict[int | str, Any]:
        """The area in the panel's configuration."""
        return {"number": self.number, "exit_s": self.exit_s, "entry_s": self.entry_s, **self.fields}


@dataclass(frozen=True)
class HouseDescription:
    """A whole house. `filter_ms` is how long a contact must rest before the panel hears of its change.

    `pets` are the animals that live there, by their mass in kg. Without `power` mains never fails, and the panel
    measures no battery; without `modem` it has one path only. `fields` go to the panel as they are. `plan` is the file
    of its floor plan, for those who want to look at it.
    """

    title: str
    language: str
    siren_s: int
    filter_ms: int
    areas: tuple[AreaDescription, ...]
    sensors: tuple[SensorDescription, ...]
    users: tuple[UserDescription, ...]
    pets: tuple[float, ...] = ()
    fields: Fields = field(default_factory=dict)
    power: PowerDescription | None = None
    modem: ModemDescription | None = None
    plan: Path | None = None
    outputs: tuple[OutputDescription, ...] = ()

    @property
    def takes_pictures(self) -> bool:
        """Whether there is a camera that does."""
        return any(sensor.pictures for sensor in self.sensors)

    def panel_config(self, code_salt: bytes) -> dict[int | str, Any]:
        """The configuration map that this house's panel is given, codes hashed under `code_salt`."""
        config: dict[int | str, Any] = {
            "areas": [area.panel_config() for area in self.areas],
            "zones": [sensor.panel_config() for sensor in self.sensors],
            "users": [user.panel_config(code_salt) for user in self.users],
            "code_salt": code_salt,
            "siren_s": self.siren_s,
            "language": self.language,
            **self.fields,
        }
        if self.outputs:
            config["outputs"] = [output.panel_config() for output in self.outputs]
        if self.pets:
            config["pets_kg"] = math.ceil(sum(self.pets))
        if self.power is not None:
            config |= self.power.panel_config()
        if self.modem is not None:
            config |= self.modem.panel_config()
        return config


def houses() -> list[str]:
    """The names of the houses that come with the simulator."""
    return sorted(path.stem for path in HOUSES.glob("*.toml"))


def load_house(name: str) -> HouseDescription:
    """Reads a house that comes with the simulator. Raises HouseError."""
    if name not in houses():
        raise HouseError(f"no house is called {name!r}; there are {', '.join(houses())}")
    return read_house(HOUSES / f"{name}.toml")


def read_house(path: Path) -> HouseDescription:
    """Reads a house file. Raises HouseError."""
    try:
        values = tomllib.loads(path.read_text())
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise HouseError(f"{path}: {error}") from error
    top = HouseTable(path.name, values)
    sensors = tuple(_sensor(table) for table in top.tables("sensor"))
    house = HouseDescription(
        title=top.get("title", str),
        language=top.get("language", str, "en"),
        siren_s=top.get("siren_s", int, 180),
        filter_ms=top.get("filter_ms", int, 0),
        areas=tuple(_area(table) for table in top.tables("area")),
        sensors=sensors,
        users=tuple(_user(table) for table in top.tables("user")),
        pets=tuple(_mass_kg(top, mass) for mass in top.get("pets", list, [])),
        fields=top.given(_PANEL_FIELDS),
        power=_power(top.table("power"), sensors),
        modem=read_modem(top.table("modem")),
        plan=_plan(top, path),
        outputs=tuple(read_output(table) for table in top.tables("output")),
    )
    top.done()
    _check(path.name, house)
    return house


def _plan(top: HouseTable, path: Path) -> Path | None:
    """The file of the plan that the house names, which lies in the folder plans beside the house's file."""
    name = top.get("plan", str, "")
    if not name:
        return None
    plans = {file.stem: file for file in (path.parent / "plans").glob("*.toml")}
    return plans[top.choice("plan", sorted(plans))]


def _area(table: HouseTable) -> AreaDescription:
    area = AreaDescription(
        table.get("number", int), table.get("exit_s", int), table.get("entry_s", int), table.given(_AREA_FIELDS)
    )
    table.done()
    return area


def _sensor(table: HouseTable) -> SensorDescription:
    sensor = SensorDescription(
        name=table.get("name", str),
        kind=table.choice("kind", KINDS),
        zone=table.get("zone", int),
        type=table.get("type", str),
        area=table.get("area", int, 1),
        home=table.get("home", bool, False),
        label=table.get("label", str, ""),
        wiring=table.choice("wiring", WIRINGS, ""),
        radio=table.get("radio", bool, False),
        loss_percent=table.get("loss_percent", int, 0),
        latching=table.get("latching", bool, False),
        pictures=table.get("pictures", bool, False),
        fields=table.given(_ZONE_FIELDS),
    )
    table.done()
    if sensor.latching and not (sensor.wiring and sensor.kind in WITH_SOUNDER):
        raise HouseError(f"{table.where}: latching is for {', '.join(WITH_SOUNDER)} on a wiring of its own")
    if sensor.pictures and not sensor.kind.endswith("camera"):
        raise HouseError(f"{table.where}: only a camera takes pictures")
    if sensor.kind == "temperature" and not sensor.radio:
        raise HouseError(f"{table.where}: a temperature can only be told by radio; add radio = true")
    if not 0 <= sensor.loss_percent <= _LOSS_PERCENT_MAX:
        raise HouseError(f"{table.where}: loss_percent = {sensor.loss_percent} is not from 0 to {_LOSS_PERCENT_MAX}")
    return sensor


def _user(table: HouseTable) -> UserDescription:
    user = UserDescription(
        name=table.get("name", str),
        number=table.get("number", int),
        code=table.get("code", str, ""),
        duress=table.get("duress", str, ""),
        tags=tuple(_tag(table, tag) for tag in table.get("tags", list, [])),
        fields=table.given(_USER_FIELDS),
    )
    table.done()
    return user


def _power(table: HouseTable | None, sensors: Iterable[SensorDescription]) -> PowerDescription | None:
    if table is None:
        return None
    pirs = sum(sensor.kind in _FED_BY_THE_PANEL and not sensor.radio for sensor in sensors)
    loads = {**REFERENCE_MA, "pirs": pirs * PIR_MA}
    if (given := table.table("loads")) is not None:
        loads = {name: given.within(name, LOADS_MA, milliamps) for name, milliamps in loads.items()}
        given.done()
    power = PowerDescription(
        battery=table.choice("battery", BATTERIES),
        mah=table.within("mah", MAH, 7000),
        age_percent=table.within("age", AGES_PERCENT, 100),
        temperature_c=table.within("temperature_c", TEMPERATURES_C, 20),
        router_backup=table.get("router_backup", bool, False),
        loads=loads,
        fields=table.given(_POWER_FIELDS),
    )
    table.done()
    return power


def _tag(table: HouseTable, text: Any) -> bytes:
    try:
        return bytes.fromhex(text)
    except (TypeError, ValueError) as error:
        raise HouseError(f'{table.where}: tags: {text!r} is no tag; write its bytes, as "04A1B2C3"') from error


def _mass_kg(table: HouseTable, mass: Any) -> float:
    if not isinstance(mass, (int, float)) or isinstance(mass, bool) or not 0 < mass <= _PET_KG_MAX:
        raise HouseError(f"{table.where}: pets: {mass!r} is no animal's mass in kg, above 0 up to {_PET_KG_MAX}")
    return float(mass)


def _check(where: str, house: HouseDescription) -> None:
    sensors, users, outputs = house.sensors, house.users, house.outputs
    named = {"sensor": [s.name for s in sensors], "user": [u.name for u in users], "output": [o.name for o in outputs]}
    for what, names in named.items():
        for name in names:
            if names.count(name) > 1:
                raise HouseError(f"{where}: two {what}s are called {name!r}; every name once")
    config = firmware_code.load("hemlarm_firmware.panel.config")
    try:
        config.check(house.panel_config(bytes(_CODE_SALT_BYTES)))
    except ValueError as error:
        raise HouseError(f"{where}: {error}") from error
