"""Restarts with another configuration: what it no longer names is forgotten, and no alarm with it."""

from hemlarm_firmware.panel import config
from hemlarm_firmware.panel.core import Panel
from hemlarm_protocol import cbor
from panel_house import (
    CODE,
    ENTRY_MS,
    FRONT_DOOR,
    SMOKE,
    WINDOW,
    House,
    plain_config,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def armed(mode: str = "away") -> House:
    house = House()
    house.arms(mode)
    return house


def test_the_snapshot_survives_cbor_and_keeps_a_zone_that_left_the_configuration_out() -> None:
    house = armed()
    house.opens(FRONT_DOOR)
    house.opens(SMOKE)
    snapshot: Any = house.panel.snapshot()
    decoded = cbor.decode(cbor.encode(snapshot))
    assert decoded == house.panel.snapshot()
    value = plain_config()
    value["zones"] = [{"number": WINDOW, "type": "instant", "area": 1}]
    panel = Panel(config.check(value), decoded)
    events = [item[1:4] for item in panel.handle(("start", [WINDOW]), 0) if item[0] == "event"]
    assert events == [(1130, 1, WINDOW)]
    assert panel.area_status(1) == 256 * 2 + 16 * 1 + 4, "the fire's detector is gone, its siren ends by itself"


def test_a_door_that_left_the_configuration_in_its_entry_delay_still_alarms() -> None:
    for confirm_s in (0, 60):
        house = House(confirm_s=confirm_s)
        house.arms()
        house.opens(FRONT_DOOR)
        house.config["zones"] = house.config["zones"][1:]
        house.restart()
        house.passes(ENTRY_MS)
        assert house.full_events()[1:] == [(1134, 1, FRONT_DOOR, 0, 0, 0)], "no group can confirm it"


def test_what_left_the_configuration_also_leaves_the_record() -> None:
    for change in ({"type": "fire"}, None):
        house = armed()
        house.opens(WINDOW)
        area = house.panel.snapshot()["areas"][0]
        assert area["unrestored"] == [WINDOW] and area["reported"] == [WINDOW]
        if change:
            house.config["zones"][WINDOW - 1].update(change)
        else:
            house.config["zones"].pop(WINDOW - 1)
        house.restart(closed=(WINDOW,))
        area = house.panel.snapshot()["areas"][0]
        assert area["unrestored"] == [] and area["reported"] == []


def test_a_shorter_exit_delay_configured_meanwhile_holds_after_the_restart() -> None:
    house = House()
    house.keys(CODE, "away")
    house.config["areas"][0]["exit_s"] = 20
    house.restart()
    house.passes(20_000)
    assert house.display() == ("Armed", "Away")
