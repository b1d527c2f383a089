"""The rules for zones: what goes with what, and refusals that say the remedy."""

from config_examples import RADIO, refusal, small, zone, zone_refusal
from hemlarm_firmware.panel import config, zone_types
from hemlarm_firmware.panel.config_zone_rules import SENSORS_OF

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MOTION = ["motion", "pet_motion", "camera", "pet_camera"]
COMMON = {
    "number": 1,
    "area": 1,
    "name": "",
    "home": False,
    "night": False,
    "chime": False,
    "swinger": 3,
    "group": 1,
    "wiring": "",
    "verify": False,
    "silent": False,
}


def with_pets(kg: int, **fields: "Any") -> str:
    """What the check says of this zone in a home with so many kilograms of pets; "" when nothing."""
    item = dict({"number": 1, "area": 1}, **fields)
    try:
        config.check(dict(small(), pets_kg=kg, zones=[item]))
    except config.ConfigError as error:
        return str(error)
    return ""


def extras_of(zone_type: str) -> "dict[str, Any]":
    """What a zone of this type cannot do without."""
    return RADIO if zone_type == "temperature" else {}


def test_each_type_has_its_usual_sensor_and_may_be_bypassed_unless_it_saves_lives() -> None:
    usual = {
        "entry": "contact",
        "follower": "motion",
        "instant": "contact",
        "always": "contact",
        "fire": "smoke",
        "co": "co",
        "water": "water",
        "hold_up": "button",
        "tamper": "tamper",
    }
    for name, sensor in usual.items():
        bypass = name not in ("fire", "co", "hold_up")
        assert zone(type=name) == dict(COMMON, type=name, sensor=sensor, bypass=bypass)
    assert zone(type="temperature", **RADIO) == dict(
        dict(COMMON, type="temperature", sensor="temperature", bypass=True, supervise_min=60, low_c=5, high_c=60),
        **RADIO,
    )


def test_every_type_that_the_panel_knows_has_its_sensors() -> None:
    assert sorted(SENSORS_OF) == sorted(zone_types.CODES)
    for name, sensors in SENSORS_OF.items():
        for sensor in sensors:
            assert zone(type=name, sensor=sensor, **extras_of(name))["sensor"] == sensor


def test_each_type_goes_with_its_sensors_and_no_others() -> None:
    sensors_of = {
        "entry": ["contact"] + MOTION,
        "follower": ["contact"] + MOTION,
        "instant": ["contact", "glass"] + MOTION,
        "always": ["contact", "glass"] + MOTION,
        "fire": ["smoke", "heat", "button"],
        "co": ["co"],
        "water": ["water"],
        "hold_up": ["button"],
        "tamper": ["tamper", "contact"],
        "temperature": ["temperature"],
    }
    every = ["contact", "glass", "smoke", "heat", "co", "water", "button", "tamper", "temperature"] + MOTION
    for name, allowed in sensors_of.items():
        for sensor in every:
            if sensor in allowed:
                assert zone(type=name, sensor=sensor, **extras_of(name))["sensor"] == sensor
            else:
                said = zone_refusal(type=name, sensor=sensor, **extras_of(name))
                assert said.startswith(f"zones[0].sensor: '{sensor}' does not fit the type {name}, "), said


def test_a_sensor_that_cannot_serve_its_type_is_refused_with_those_that_can() -> None:
    said = zone_refusal(type="fire", sensor="contact")
    assert said == "zones[0].sensor: 'contact' does not fit the type fire, which goes with smoke, heat, button"
    pairs = [("co", "smoke"), ("water", "button"), ("hold_up", "contact"), ("entry", "smoke"), ("follower", "glass")]
    for zone_type, sensor in pairs:
        assert zone_refusal(type=zone_type, sensor=sensor).startswith("zones[0].sensor: ")
    assert zone_refusal(type="laser").startswith("zones[0].type: 'laser' is wrong; it must be one of entry, follower, ")
    assert zone_refusal(type="entry", sensor="nose").startswith("zones[0].sensor: 'nose' is wrong; it must be one of ")


def test_a_zone_of_an_unknown_area_is_refused() -> None:
    said = refusal(zones=[{"number": 1, "type": "fire", "area": 3}])
    assert said == "zones[0].area: 3 is not one of the areas [1]"


def test_night_is_like_home_unless_it_is_said() -> None:
    assert zone(type="instant", home=True)["night"] is True
    assert zone(type="instant", home=True, night=False)["night"] is False
    assert zone(type="instant", night=True)["home"] is False
    for field in ("home", "night", "chime", "bypass", "verify", "silent"):
        assert zone_refusal(type="instant", **{field: 1}) == f"zones[0].{field}: must be true or false"


def test_fire_carbon_monoxide_and_hold_up_can_never_be_made_bypassable() -> None:
    for name in ("fire", "co", "hold_up"):
        said = zone_refusal(type=name, bypass=True)
        assert said == f"zones[0].bypass: must be false: a {name} zone cannot be bypassed"
        assert zone(type=name, bypass=False)["bypass"] is False
    assert zone(type="entry", bypass=False)["bypass"] is False


def test_a_fire_zone_on_a_double_end_of_line_is_refused_with_the_wirings_allowed() -> None:
    for wiring in ("2k2/4k7", "4k7/4k7", "1k/1k"):
        said = zone_refusal(type="fire", wiring=wiring)
        assert said.startswith(f"zones[0].wiring: '{wiring}' is a double end-of-line; ") and '"" or 5k6' in said
        assert zone(type="instant", wiring=wiring)["wiring"] == wiring
    for wiring in ("", "5k6"):
        assert zone(type="fire", wiring=wiring)["wiring"] == wiring
    assert zone_refusal(type="entry", wiring="10k").startswith("zones[0].wiring: '10k' is wrong; it must be one of ")


def test_only_a_wired_smoke_or_heat_detector_is_verified() -> None:
    assert zone(type="fire", wiring="5k6", verify=True)["verify"] is True
    assert zone(type="fire", wiring="5k6", sensor="heat", verify=True)["verify"] is True
    for fields in (
        {"type": "fire"},
        {"type": "entry", "wiring": "5k6"},
        {"type": "fire", "wiring": "5k6", "sensor": "button"},
        dict({"type": "fire"}, **RADIO),
    ):
        assert zone_refusal(verify=True, **fields).startswith("zones[0].verify: must be false but for ")


def test_a_radio_sensor_has_an_id_and_a_key_and_no_wire() -> None:
    assert zone(type="entry", **RADIO)["supervise_min"] == 60
    assert zone(type="entry", supervise_min=1440, **RADIO)["supervise_min"] == 1440
    assert "supervise_min" not in zone(type="entry")
    assert zone_refusal(type="entry", radio=b"id-7").startswith("zones[0].key: is missing")
    for field, value in (("key", b"k" * 16), ("supervise_min", 60)):
        said = zone_refusal(type="entry", **{field: value})
        assert said.startswith(f"zones[0].{field}: goes only with a radio sensor"), said
    assert zone_refusal(type="entry", wiring="5k6", **RADIO).startswith('zones[0].wiring: must be "" for a radio ')
    assert zone_refusal(type="entry", radio=b"id", key=b"k" * 16) == "zones[0].radio: must be 4 bytes"
    assert zone_refusal(type="entry", radio=b"id-7", key="k" * 16) == "zones[0].key: must be 16 bytes"
    assert "1 to 1440" in zone_refusal(type="entry", supervise_min=0, **RADIO)


def test_a_radio_sensor_has_one_zone() -> None:
    first = dict({"number": 1, "type": "entry", "area": 1}, **RADIO)
    said = refusal(zones=[first, dict(first, number=2)])
    assert said == "zones[1].radio: is the sensor of zone 1 already; every sensor has one zone"


def test_only_a_hold_up_is_silent() -> None:
    assert zone(type="hold_up", silent=True)["silent"] is True
    assert zone_refusal(type="fire", silent=True) == "zones[0].silent: must be false but for a hold_up zone"


def test_temperatures_have_limits_in_order_and_come_by_radio() -> None:
    fields: Any = dict({"type": "temperature"}, **RADIO)
    assert zone(low_c=-40, high_c=-39, **fields)["high_c"] == -39
    said = zone_refusal(low_c=20, high_c=20, **fields)
    assert said == "zones[0].low_c: 20 is not below high_c, 20; it must be from -40 to 19"
    assert zone_refusal(high_c=5, **fields).startswith("zones[0].low_c: 5 is not below high_c, 5")
    assert "-40 to 120" in zone_refusal(high_c=121, **fields)
    assert zone_refusal(type="temperature").startswith("zones[0].radio: is missing")
    for field in ("low_c", "high_c"):
        assert zone_refusal(type="fire", **{field: 10}).startswith(f"zones[0].{field}: goes only with a temperature")


def test_only_an_entry_zone_has_an_entry_delay_of_its_own() -> None:
    assert zone(type="entry", entry_s=0)["entry_s"] == 0
    assert "entry_s" not in zone(type="entry")
    assert zone_refusal(type="instant", entry_s=20).startswith("zones[0].entry_s: goes only with an entry zone")
    said = zone_refusal(type="entry", entry_s=400)
    assert said == "zones[0].entry_s: 400 is wrong; it must be a whole number from 0 to 300"


def test_small_pets_need_pet_immune_detectors() -> None:
    for kg in (1, 20):
        for sensor in ("motion", "camera"):
            said = with_pets(kg, type="follower", sensor=sensor)
            assert said.startswith("zones[0].sensor: ") and f"must be pet_{sensor}" in said, said
            assert with_pets(kg, type="follower", sensor="pet_" + sensor) == ""
        assert with_pets(kg, type="entry") == ""
    for sensor in MOTION:
        assert with_pets(0, type="follower", sensor=sensor) == ""


def test_pets_above_20_kg_leave_the_shell_only() -> None:
    for zone_type in ("entry", "follower", "instant", "always"):
        for sensor in MOTION:
            said = with_pets(21, type=zone_type, sensor=sensor)
            assert said.startswith("zones[0].sensor: with 21 kg of pets (more than 20) only the shell "), said
            assert "take this detector away and put contacts" in said
    for zone_type in ("entry", "instant", "fire", "water", "co", "hold_up"):
        assert with_pets(200, type=zone_type) == ""


def test_a_name_fits_one_line_of_the_display() -> None:
    assert zone(type="fire", name="Köket på nedan  ")["name"] == "Köket på nedan  "
    for wrong in ("x" * 17, "a\nb", "\x7f", "\x9f", "\u2026", "\U0001f525", b"hall", None, 7):
        said = zone_refusal(type="fire", name=wrong)
        assert said.startswith("zones[0].name: ") and "up to 16 Latin-1 characters" in said, said


def test_swinger_limit_and_confirmation_group_have_one_digit() -> None:
    for field in ("swinger", "group"):
        for right in (0, 9):
            assert zone(type="instant", **{field: right})[field] == right
        for wrong in (-1, 10, None):
            assert "0 to 9" in zone_refusal(type="instant", **{field: wrong})
