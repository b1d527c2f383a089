"""House files: what can be described, what the panel is given of it, and how mistakes are told."""

import dataclasses
from pathlib import Path

import pytest

from hemlarm_installer import firmware_code
from hemlarm_simulator.description import KINDS, houses, load_house, read_house
from hemlarm_simulator.house_table import HouseError
from hemlarm_simulator.modem_description import CENTRE_NUMBER

POWERED = 'title = "x"\n[power]\n'
WITH_MODEM = 'title = "x"\n[modem]\nfamily = "quectel"\n'
AREA = "[[area]]\nnumber = 1\nexit_s = 60\nentry_s = 30\n"
DOOR = '[[sensor]]\nname = "door"\nkind = "door"\nzone = 1\ntype = "entry"\n'


@pytest.mark.parametrize("name", houses())
def test_the_houses_that_come_along_can_be_read(name: str) -> None:
    house = load_house(name)
    assert house.title
    assert {"door", "smoke"} <= {sensor.kind for sensor in house.sensors}


def test_the_villa_of_the_first_firmware_keeps_its_zones_and_stays_digital() -> None:
    zones = {sensor.zone: sensor for sensor in load_house("villa").sensors}
    kinds = ["door", "door", "window", "window", "motion", "motion", "smoke", "smoke", "button"]
    assert [zones[number].kind for number in range(1, 10)] == kinds
    assert not any(sensor.wiring or sensor.radio for sensor in zones.values())


def test_the_big_villa_has_everything_once() -> None:
    house = load_house("big-villa")
    assert {sensor.kind for sensor in house.sensors} >= set(KINDS) - {"camera", "motion"}
    assert {user.fields.get("role") for user in house.users} == {"master", "user", "guest", "installer"}


def test_what_a_file_leaves_out_is_left_to_the_firmware(tmp_path: Path) -> None:
    (tmp_path / "house.toml").write_text('title = "x"\n' + AREA + DOOR)
    config = read_house(tmp_path / "house.toml").panel_config(bytes(16))
    (zone,) = config["zones"]
    assert zone == {"number": 1, "type": "entry", "area": 1, "sensor": "contact", "home": False}
    assert set(config) == {"areas", "zones", "users", "code_salt", "siren_s", "language"}


def test_without_a_table_power_a_house_has_no_supply(tmp_path: Path) -> None:
    (tmp_path / "house.toml").write_text('title = "x"\n' + AREA + DOOR)
    assert read_house(tmp_path / "house.toml").power is None
    assert load_house("villa").power is None


def test_the_reference_house_is_the_fixed_measuring_configuration() -> None:
    house = load_house("reference")
    assert house.power is not None
    assert (house.power.battery, house.power.mah, house.power.age_percent, house.power.temperature_c) == (
        "lead-acid",
        9000,
        80,
        20,
    )
    loads = house.power.loads
    assert loads["core"] + loads["ethernet"] == 60
    assert (loads["modem"], loads["keypad"], loads["keypad-dimmed"]) == (15, 25, 5)
    assert (loads["pirs"], loads["siren"]) == (4 * 12, 400)
    assert not house.power.router_backup
    villa = {sensor.name for sensor in load_house("villa").sensors}
    assert villa < {sensor.name for sensor in house.sensors}


def test_the_panel_is_told_of_its_battery_as_it_was_when_new(tmp_path: Path) -> None:
    text = POWERED + 'battery = "lifepo4"\nmah = 12000\nage = 50\nmains_delay_s = 60\n[power.loads]\nmodem = 0\n' + AREA
    (tmp_path / "house.toml").write_text(text)
    house = read_house(tmp_path / "house.toml")
    assert house.power is not None
    assert house.power.loads["modem"] == 0
    assert house.power.loads["pirs"] == 0
    config = house.panel_config(bytes(16))
    assert (config["battery"], config["battery_mah"], config["mains_delay_s"]) == ("lifepo4", 12000, 60)
    assert "battery_test_h" not in config


def test_codes_duress_codes_and_tags_are_hashed_under_the_panels_salt() -> None:
    codes = firmware_code.load("hemlarm_firmware.panel.codes")
    salt = bytes(range(16))
    anna = load_house("big-villa").panel_config(salt)["users"][0]
    assert anna["hash"] == codes.hash_code("1234", salt)
    assert anna["duress"] == codes.hash_code("1243", salt)
    assert anna["tags"] == [codes.hash_tag(bytes.fromhex("04a1b2c3"), salt)]


def test_all_animals_count_together() -> None:
    assert load_house("dog-house").panel_config(bytes(16))["pets_kg"] == 46
    assert "pets_kg" not in load_house("villa").panel_config(bytes(16))


def test_radio_sensors_have_ids_and_keys_of_their_own() -> None:
    sensors = [sensor for sensor in load_house("big-villa").sensors if sensor.radio]
    assert len({sensor.radio_id for sensor in sensors}) == len({sensor.radio_key for sensor in sensors}) == len(sensors)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("title = 3", r"title = 3 is not of type str"),
        ("", r"house\.toml: title is missing"),
        ('title = "x"\ncolour = 1\n' + AREA, r"unknown field colour; allowed are area, "),
        (
            'title = "x"\n' + AREA + DOOR.replace('"door"\nzone', '"gate"\nzone'),
            r"sensor 1: kind = 'gate' is not one of door",
        ),
        ('title = "x"\n' + AREA + DOOR + DOOR, r"two sensors are called 'door'"),
        ('title = "x"\n' + AREA + DOOR.replace("entry", "exit"), r"zones\[0\]\.type: 'exit' .* one of entry"),
        ('title = "x"\n' + AREA.replace("30", "400"), r"areas\[0\]\.entry_s: 400 .* whole number from 0 to 300"),
        ('title = "x"\npets = [0]\n' + AREA, r"pets: 0 is no animal's mass in kg"),
        ('title = "x"\n' + AREA + DOOR + 'wiring = "3k3"\n', r"sensor 1: wiring = '3k3' is not one of , 5k6, 2k2/4k7"),
        ('title = "x"\n' + AREA + DOOR + "latching = true\n", r"sensor 1: latching is for smoke, heat, co on a wiring"),
        ('title = "x"\n' + AREA + DOOR + "loss_percent = 95\n", r"loss_percent = 95 is not from 0 to 90"),
        (
            'title = "x"\n' + AREA + DOOR.replace('"door"\nzone', '"temperature"\nzone'),
            r"a temperature can only be told by radio; add radio = true",
        ),
        ('title = "x"\n' + AREA + '[[user]]\nname = "a"\nnumber = 1\ntags = ["x"]\n', r"user 1: tags: 'x' is no tag"),
        (
            POWERED + 'battery = "nickel"\n',
            r"house\.toml, power: battery = 'nickel' is not one of lead-acid, lifepo4, none",
        ),
        (POWERED + 'battery = "none"\nage = 120\n', r"power: age = 120 is not from 5 to 100"),
        (
            POWERED + 'battery = "none"\nvolts = 12\n',
            r"power: unknown field volts; allowed are age, battery, battery_test_h",
        ),
        (
            POWERED + 'battery = "none"\nloads = {lamp = 3}\n',
            r"power, loads: unknown field lamp; allowed are core, ethern",
        ),
        (
            POWERED + 'battery = "none"\nmains_delay_s = 4000\n' + AREA,
            r"mains_delay_s: 4000 .* whole number from 0 to 3600",
        ),
        ('title = "x"\n[modem]\nfamily = "nokia"\n', r"modem: family = 'nokia' is not one of quectel, simcom"),
        (WITH_MODEM + 'number = "0701"\n', r"modem: number = '0701' is no number; write it as"),
        (WITH_MODEM + 'number = "+46701740605"\npin = "12"\n', r"modem: pin must be 4 to 8 digits"),
        (WITH_MODEM + 'number = "+46701740605"\nsim_pin = "12"\n' + AREA, r"sim_pin: must be 4 to 8 digits"),
        ("title = ", r"house\.toml"),
    ],
)
def test_a_mistake_in_a_house_is_told_with_its_place(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "house.toml").write_text(text)
    with pytest.raises(HouseError, match=complaint):
        read_house(tmp_path / "house.toml")


def test_a_house_with_a_modem_tells_its_panel_the_pin_unless_it_has_another() -> None:
    modem = load_house("two-paths").modem
    assert modem is not None
    assert modem.panel_config() == {"apn": "hemlarm", "sim_pin": "4711", "sms_to": CENTRE_NUMBER}
    assert dataclasses.replace(modem, fields={"sim_pin": "1111"}).panel_config()["sim_pin"] == "1111"
    assert "sim_pin" not in dataclasses.replace(modem, pin="").panel_config()
    assert load_house("villa").modem is None
