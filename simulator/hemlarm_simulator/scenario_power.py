"""What scenarios can say of the panel's supply: mains, charger and battery, and what is expected of them."""

from collections.abc import Callable

from hemlarm_simulator.description import HouseDescription
from hemlarm_simulator.plants.charger import FAULTS
from hemlarm_simulator.plants.power_supply import OUTPUTS, PowerSupply
from hemlarm_simulator.power_description import AGES_PERCENT, TEMPERATURES_C
from hemlarm_simulator.scenario_text import Expectation, Move, Stage, Words, WordsError

_SWITCH = ("off", "on")

OF_BATTERY = ("disconnect", "connect", "age", "charge")
"""What can be said of the panel's battery. Anything else behind `battery` is a radio sensor's name."""


def mains(words: Words, house: HouseDescription) -> Move:
    """`mains off` and `mains on`."""
    on = words.choice(_SWITCH, "state of mains") == "on"
    return _on_supply(house, lambda supply: setattr(supply, "mains", on))


def battery(words: Words, house: HouseDescription) -> Move:
    """What is in OF_BATTERY."""
    if house.power is not None and house.power.battery == "none":
        raise WordsError('this house has battery = "none" in its table [power]')
    word = words.choice(OF_BATTERY, "thing to happen to the battery")
    if word in ("disconnect", "connect"):
        return _on_supply(house, lambda supply: supply.connect_battery(word == "connect"))
    if word == "age":
        health = _percent(words, AGES_PERCENT)
        return _on_supply(house, lambda supply: supply.age(health))
    total = _percent(words, range(101))
    return _on_supply(house, lambda supply: supply.fill(total))


def charger(words: Words, house: HouseDescription) -> Move:
    """`charger fails`, with one of its faults where it is not dead, and `charger works`."""
    fault = ""
    if words.choice(("fails", "works"), "state of the charger") == "fails":
        fault = words.choice(FAULTS, "fault of the charger") if words else FAULTS[0]
    return _on_supply(house, lambda supply: supply.break_charger(fault))


def temperature(words: Words, house: HouseDescription) -> Move:
    """`temperature -10 C`: where the battery is."""
    degrees = words.amount("degrees Celsius")
    words.choice(("C",), "unit of the battery's temperature")
    if not TEMPERATURES_C.start <= degrees < TEMPERATURES_C.stop:
        allowed = f"{TEMPERATURES_C.start} to {TEMPERATURES_C.stop - 1}"
        raise WordsError(f"{degrees:g} C is no temperature for a battery; it is from {allowed}")
    return _on_supply(house, lambda supply: supply.temperature(degrees))


def router(words: Words, house: HouseDescription) -> Move:
    """`router backup`: the house's router has a supply of its own, or with `off` none any more."""
    words.choice(("backup",), "thing that the router has")
    backup = not words.skip("off")
    return _on_supply(house, lambda supply: supply.back_up_router(backup))


def expect_panel(words: Words, _house: HouseDescription) -> Expectation:
    """`expect panel running`, `parked` or `off`."""
    wanted = words.choice(("running", "parked", "off"), "state of the panel")

    def complaint(stage: Stage) -> str | None:
        panel = stage.world.panel
        state = "running" if panel.on else "parked" if panel.parked else "off"
        return None if state == wanted else f"the panel is {state}"

    return Expectation(complaint)


def expect_battery(words: Words, house: HouseDescription) -> Expectation:
    """`expect battery above 11.8 V`, `below 11.8 V`, `charging` or `giving`."""
    _check(house)
    wanted = words.choice(("above", "below", "charging", "giving"), "state of the battery")
    if wanted in ("charging", "giving"):
        sign = 1 if wanted == "charging" else -1

        def flows(stage: Stage) -> str | None:
            ma = _supply(stage).battery_ma
            return None if ma * sign > 0 else f"{ma:.0f} mA flow into the battery"

        return Expectation(flows)
    limit_v = words.amount("volts")
    words.choice(("V",), "unit of the battery's voltage")

    def complaint(stage: Stage) -> str | None:
        volts = _supply(stage).battery_mv / 1000
        holds = volts > limit_v if wanted == "above" else volts < limit_v
        return None if holds else f"the battery has {volts:.2f} V"

    return Expectation(complaint)


def expect_output(words: Words, house: HouseDescription) -> Expectation:
    """`expect output ethernet off`: how the panel has switched something of its supply."""
    _check(house)
    name = words.choice(OUTPUTS, "output of the supply")
    wanted = words.choice(_SWITCH, "state of an output")

    def complaint(stage: Stage) -> str | None:
        state = _SWITCH[_supply(stage).outputs[name]]
        return None if state == wanted else f"{name} is {state}"

    return Expectation(complaint)


def _percent(words: Words, allowed: range) -> float:
    word = words.take("the percentage")
    number = word.removesuffix("%")
    if not (word.endswith("%") and number.isdecimal() and int(number) in allowed):
        raise WordsError(f"{word!r} is no percentage from {allowed.start}% to {allowed.stop - 1}%")
    return int(number) / 100


def _on_supply(house: HouseDescription, act: Callable[[PowerSupply], None]) -> Move:
    _check(house)
    return Move(lambda stage: act(_supply(stage)))


def _check(house: HouseDescription) -> None:
    if house.power is None:
        raise WordsError("this house has no supply of its own; add a [power] table to it, or take `house reference`")


def _supply(stage: Stage) -> PowerSupply:
    supply = stage.world.supply
    assert supply is not None
    return supply
