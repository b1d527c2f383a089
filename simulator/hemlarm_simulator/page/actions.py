"""What can be done on the page to a house, its panel and its ways to the world: the body of a request, and its deed.

A table, so that what is not in it cannot be done; whatever is wrong with a request is an ActionError that says so.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hemlarm_simulator.house import House
from hemlarm_simulator.names import UnknownNameError, pick
from hemlarm_simulator.page.person import Person
from hemlarm_simulator.plants.keypad import KEYS
from hemlarm_simulator.plants.power_supply import PowerSupply
from hemlarm_simulator.scenario_moves import STRANGER_TAG
from hemlarm_simulator.world import World

_DEGREES = (-60.0, 400.0)
_DBM = (-120, -40)
_METRES = (-100.0, 100.0)
_KG = (0.1, 500.0)
_CHIPS = ("journal", "state", "config")
_CABLES = ("", "cut", "short")
_HANGS = ("inputs", "busy")
_PATHS = ("ip", "mobile")
_RADIOS = (1, 2)
_LOCKED = "locked"
STRANGER = "stranger"


class ActionError(Exception):
    """What was asked for cannot be done; the text says why, and what can be."""


@dataclass
class Target:
    """Where an action is done."""

    world: World
    person: Person
    powered: bool = True
    """Whether somebody has left the panel's supply plugged in."""
    flash_fails: int = 0
    """The boot in which its flash chips have failed; a restart heals them."""


class Wish:
    """The body of one request; its methods give what is asked of it. All raise ActionError."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        self._body = body

    def text(self, *names: str) -> str:
        """The first of these fields that is there."""
        value = next((self._body[name] for name in names if name in self._body), None)
        if not isinstance(value, str) or len(value) > 100:
            raise ActionError(f"{names[0]!r} is missing, or no text")
        return value

    def on(self) -> bool:
        """Whether something begins or ends; without a word it begins."""
        value = self._body.get("on", True)
        if not isinstance(value, bool):
            raise ActionError(f"'on' is true or false, not {value!r}")
        return value

    def number(self, name: str, limits: tuple[float, float]) -> float:
        """A number within its limits."""
        value = self._body.get(name)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not limits[0] <= value <= limits[1]:
            raise ActionError(f"{name!r} is a number from {limits[0]:g} to {limits[1]:g}, not {value!r}")
        return float(value)

    def has(self, name: str) -> bool:
        """Whether the field is there."""
        return self._body.get(name) is not None

    def choice(self, name: str, allowed: tuple[Any, ...], default: Any = None) -> Any:
        """One of several values."""
        value = self._body.get(name, default)
        if isinstance(value, bool) or value not in allowed:
            listed = ", ".join(map(repr, allowed))
            raise ActionError(f"{name!r} is one of {listed}, not {value!r}")
        return value

    def point(self) -> tuple[float, float]:
        """A place on the plan, in metres."""
        value = self._body.get("to")
        if not isinstance(value, (list, tuple)) or len(value) != 2:
            raise ActionError("'to' is [x, y] in metres")
        x, y = (Wish({"to": part}).number("to", _METRES) for part in value)
        return x, y


Act = Callable[[Target, Wish], None]


def do(target: Target, body: Mapping[str, Any]) -> None:
    """Does to a house what a request asks for. Raises ActionError."""
    name = body.get("do")
    act = ACTIONS.get(name) if isinstance(name, str) else None
    if act is None:
        raise ActionError(f"{name!r} is nothing that can be done; there are {', '.join(sorted(ACTIONS))}")
    try:
        act(target, Wish(body))
    except UnknownNameError as error:
        raise ActionError(str(error)) from None


def _house(act: Callable[[House, str], None]) -> Act:
    return lambda target, wish: act(target.world.house, wish.text("what"))


def _switched(act: Callable[[House, str, bool], None]) -> Act:
    return lambda target, wish: act(target.world.house, wish.text("what"), wish.on())


def _open(target: Target, wish: Wish) -> None:
    (target.world.house.open if wish.on() else target.world.house.close)(wish.text("what"))


def _animal(target: Target, wish: Wish) -> None:
    mass_kg = wish.number("value", _KG) if wish.has("value") else None
    target.world.house.animal(wish.text("what"), mass_kg)


def _heat(target: Target, wish: Wish) -> None:
    target.world.house.heat(wish.text("what"), wish.number("value", _DEGREES))


def _temperature(target: Target, wish: Wish) -> None:
    target.world.house.temperature(wish.text("what"), wish.number("value", _DEGREES))


def _cable(target: Target, wish: Wish) -> None:
    target.world.house.cable(wish.text("what"), wish.choice("value", _CABLES, ""))


def _reach(target: Target, wish: Wish) -> None:
    target.world.house.reach(wish.text("what"), wish.on())


def _key(target: Target, wish: Wish) -> None:
    target.world.house.keypad.press([wish.choice("key", KEYS)])


def _tag(target: Target, wish: Wish) -> None:
    owner = wish.text("what")
    if owner == STRANGER:
        target.world.house.keypad.hold_tag(STRANGER_TAG)
        return
    users = target.world.house.description.users
    owners = {user.name: user.tags for user in users if user.tags}
    target.world.house.keypad.hold_tag(owners[pick(owners, owner, "user with a tag")][0])


def _walk(target: Target, wish: Wish) -> None:
    if not target.person.go(wish.point()):
        raise ActionError("no way leads there")


def _dark(target: Target, wish: Wish) -> None:
    target.world.house.dark = wish.on()


# The panel's power, and its ways to the world.


def _supply(target: Target) -> PowerSupply:
    supply = target.world.supply
    if supply is None:
        raise ActionError("this house has no supply of its own; add a [power] table to it, or take the house reference")
    return supply


def _mains(target: Target, wish: Wish) -> None:
    _supply(target).mains = wish.on()


def _battery(target: Target, wish: Wish) -> None:
    """Of a radio sensor, or without a name of the panel itself, which is unplugged or charged to a percentage."""
    if wish.has("what"):
        target.world.house.battery(wish.text("what"), wish.on())
    elif wish.has("value"):
        if not _supply(target).has_battery:
            raise ActionError("this panel has no battery")
        _supply(target).fill(wish.number("value", (0, 100)) / 100)
    else:
        _supply(target).connect_battery(wish.on())


def _power(target: Target, wish: Wish) -> None:
    if wish.on() == target.powered:
        return
    target.powered = wish.on()
    (target.world.power_on if target.powered else target.world.power_cut)()


def _reset(target: Target, _wish: Wish) -> None:
    if target.world.panel.on:
        target.world.reset_panel()


def _hang(target: Target, wish: Wish) -> None:
    target.world.hang_panel(wish.choice("value", _HANGS, "inputs"))


def _flash_fail(target: Target, wish: Wish) -> None:
    """Without a word it is the opposite of what it is."""
    panel = target.world.panel
    fails = wish.on() if wish.has("on") else target.flash_fails != panel.boots
    target.flash_fails = panel.boots if fails else 0
    target.world.fail_flash(list(_CHIPS) if fails else [])


def _ethernet(target: Target, wish: Wish) -> None:
    target.world.network.up = wish.on()


def _expect_modem(target: Target) -> None:
    if target.world.modem is None:
        raise ActionError("this house has no modem; add a [modem] table to it, or take the house two-paths")


def _black_hole(target: Target, wish: Wish) -> None:
    if wish.choice("path", _PATHS, "ip") == "mobile":
        _expect_modem(target)
        target.world.mobile.black_hole = wish.on()
    else:
        target.world.network.black_hole = wish.on()


def _mobile(target: Target, wish: Wish) -> None:
    _expect_modem(target)
    target.world.mobile.up = wish.on()


def _mobile_data(target: Target, wish: Wish) -> None:
    _expect_modem(target)
    target.world.mobile.data = wish.on()


def _mobile_signal(target: Target, wish: Wish) -> None:
    _expect_modem(target)
    assert target.world.modem is not None
    target.world.modem.cell.signal_dbm = round(wish.number("value", _DBM))


def _jam(target: Target, wish: Wish) -> None:
    if wish.choice("radio", _RADIOS, 1) == 1:
        target.world.house.jam(wish.on())
    else:
        _expect_modem(target)
        target.world.mobile.jammed = wish.on()


# Plugs and locks, by their names.


def _output(target: Target, wish: Wish, kind: str) -> int:
    outputs = {each.name: each.number for each in target.world.house.description.outputs if each.kind == kind}
    return outputs[pick(outputs, wish.text("what"), kind)]


def _plug_press(target: Target, wish: Wish) -> None:
    target.world.house.plugs[_output(target, wish, "plug")].press()


def _lock_turn(target: Target, wish: Wish) -> None:
    """Without a word it is turned to where it does not stand."""
    lock = target.world.house.locks[_output(target, wish, "lock")]
    lock.turn(wish.on() if wish.has("on") else lock.state != _LOCKED)


def _lock_jam(target: Target, wish: Wish) -> None:
    target.world.house.locks[_output(target, wish, "lock")].stuck = wish.on()


ACTIONS: dict[str, Act] = {
    "open": _open,
    "close": _house(House.close),
    "move": _house(House.move),
    "break_glass": _house(House.break_glass),
    "animal": _animal,
    "smoke": _switched(House.smoke),
    "heat": _heat,
    "co": _switched(House.carbon_monoxide),
    "water": _switched(House.water),
    "temperature": _temperature,
    "press": _house(House.press),
    "dismount": _switched(House.dismount),
    "cable": _cable,
    "battery": _battery,
    "fault": _switched(House.fault),
    "reach": _reach,
    "key": _key,
    "tag": _tag,
    "walk": _walk,
    "dark": _dark,
    "mains": _mains,
    "power": _power,
    "reset": _reset,
    "hang": _hang,
    "flash-fail": _flash_fail,
    "ethernet": _ethernet,
    "black-hole": _black_hole,
    "mobile": _mobile,
    "mobile-data": _mobile_data,
    "mobile-signal": _mobile_signal,
    "jam": _jam,
    "plug-press": _plug_press,
    "lock-turn": _lock_turn,
    "lock-jam": _lock_jam,
}
"""By the word that the page sends."""
