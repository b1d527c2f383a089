"""What can happen in a scenario: each statement's words, and what they do to a world."""

from collections.abc import Callable, Iterable
from typing import Any

from hemlarm_simulator import scenario_centre, scenario_outputs, scenario_paths, scenario_power
from hemlarm_simulator.cloud import VERBS
from hemlarm_simulator.description import WITH_SOUNDER, HouseDescription
from hemlarm_simulator.house import MOVABLE, OPENABLE, House
from hemlarm_simulator.names import pick
from hemlarm_simulator.plants.keypad import KEYS
from hemlarm_simulator.scenario_text import Move, Parser, Stage, Words, WordsError, area, sensor, unknown, user, zone

POWER_CYCLE_MS = 1_000
"""How long the panel is without power when it is power-cycled."""

STRANGER_TAG = bytes.fromhex("53747261")
"""A tag that belongs to nobody of the house."""

_MODES = ("away", "home", "night", "off", "ok", "disarm")
_AREA_VERBS = ("disarm", "arm-away", "arm-home", "arm-night", "status", "silence")
_ZONE_VERBS = ("bypass", "unbypass")
_SWITCH = ("off", "on")
_SECTIONS = ("areas", "zones", "users", "outputs", "panel")
_WORDS_FOR_VALUES = {"true": True, "false": False, "none": None}

_EVERY_KIND = "component"

MoveParser = Callable[[Words, HouseDescription], Move]


def _on_house(act: Callable[[House], None]) -> Move:
    return Move(lambda stage: act(stage.world.house))


def _named(kinds: Iterable[str], what: str, act: Callable[[House, str], None]) -> Parser:
    """A statement of one name."""
    kinds = tuple(kinds)

    def parse(words: Words, house: HouseDescription) -> Move:
        name = sensor(words, house, kinds, what)
        return _on_house(lambda seen: act(seen, name))

    return parse


def _switched(
    kinds: Iterable[str], what: str, states: tuple[str, str], act: Callable[[House, str, bool], None]
) -> Parser:
    """A statement of one name and one of two states, the first of which means True."""
    kinds = tuple(kinds)

    def parse(words: Words, house: HouseDescription) -> Move:
        name = sensor(words, house, kinds, what)
        on = words.choice(states, f"state of the {what}") == states[0]
        return _on_house(lambda seen: act(seen, name, on))

    return parse


def _measured(kind: str, what: str, act: Callable[[House, str, float], None]) -> MoveParser:
    """A statement of one name and a temperature."""

    def parse(words: Words, house: HouseDescription) -> Move:
        name = sensor(words, house, (kind,), what)
        degrees = words.amount("degrees Celsius")
        return _on_house(lambda seen: act(seen, name, degrees))

    return parse


def _among(names: Callable[[HouseDescription], list[str]], what: str, act: Callable[[House, str], None]) -> Parser:
    """A statement of one name among those that `names` finds."""

    def parse(words: Words, house: HouseDescription) -> Move:
        name = pick(names(house), words.take(f"the {what}"), what)
        return _on_house(lambda seen: act(seen, name))

    return parse


def _all(house: HouseDescription) -> list[str]:
    return [sensor.name for sensor in house.sensors]


def _wired(house: HouseDescription) -> list[str]:
    return [sensor.name for sensor in house.sensors if not sensor.radio]


def _by_radio(house: HouseDescription) -> list[str]:
    return [sensor.name for sensor in house.sensors if sensor.radio]


def _with_button(house: HouseDescription) -> list[str]:
    return [sensor.name for sensor in house.sensors if sensor.kind in ("button", *WITH_SOUNDER)]


def _pet(words: Words, house: HouseDescription) -> Move:
    name = sensor(words, house, MOVABLE, "motion detector")
    mass_kg = words.amount("the animal's mass in kg") if words else None
    return _on_house(lambda seen: seen.animal(name, mass_kg))


def _radio_state(what: str, states: tuple[str, str], act: Callable[[House, str, bool], None]) -> MoveParser:
    """A statement of one radio sensor and one of two states, the first of which means True."""

    def parse(words: Words, house: HouseDescription) -> Move:
        name = pick(_by_radio(house), words.take("the radio sensor"), "radio sensor")
        on = words.choice(states, f"state of the {what}") == states[0]
        return _on_house(lambda seen: act(seen, name, on))

    return parse


_radio_battery = _radio_state("battery", ("low", "new"), House.battery)
_room = _measured("temperature", "thermometer", House.temperature)


def _battery(words: Words, house: HouseDescription) -> Move:
    """Of the panel's battery, or of a radio sensor's."""
    if words.peek() in scenario_power.OF_BATTERY:
        return scenario_power.battery(words, house)
    return _radio_battery(words, house)


def _temperature(words: Words, house: HouseDescription) -> Move:
    """Of the panel's battery, in so many C, or of a room."""
    if words.peek().lstrip("-")[:1].isdecimal():
        return scenario_power.temperature(words, house)
    return _room(words, house)


def _darkness(dark: bool) -> Parser:
    return lambda _words, _house: _on_house(lambda seen: setattr(seen, "dark", dark))


def _jammer(words: Words, _house: HouseDescription) -> Move:
    on = words.choice(("begins", "ends"), "state of the jammer") == "begins"
    return _on_house(lambda seen: seen.jam(on))


# At the keypad.


def _code(words: Words, _house: HouseDescription) -> Move:
    digits = words.take("the code")
    if not digits.isdecimal():
        raise WordsError(f"{digits!r} is no code; it has digits only")
    mode = words.choice(_MODES, "mode")
    key = "off" if mode == "disarm" else mode
    return _on_house(lambda seen: seen.enter_code(digits, key))


def _key(words: Words, _house: HouseDescription) -> Move:
    keys = [words.choice(KEYS, "key")]
    while words:
        keys.append(words.choice(KEYS, "key"))
    return _on_house(lambda seen: seen.keypad.press(keys))


def _tag(words: Words, house: HouseDescription) -> Move:
    if words.skip("stranger"):
        return _on_house(lambda seen: seen.keypad.hold_tag(STRANGER_TAG))
    owners = {user.name: user.tags for user in house.users if user.tags}
    name = pick(owners, words.take("whose tag it is"), "user with a tag")
    which = words.number() or 1
    if which > len(owners[name]):
        raise WordsError(f"{name} has {len(owners[name])} tags, no number {which}")
    return _on_house(lambda seen: seen.keypad.hold_tag(owners[name][which - 1]))


# From the cloud.


def _command(words: Words, house: HouseDescription) -> Move:
    word = words.choice(VERBS, "command")
    argument = _argument(word, words, house)
    by = user(words, house) if words.skip("as") else 0
    code = scenario_outputs.code(words)

    def run(stage: Stage) -> None:
        stage.last_command = stage.world.cloud.send_command(VERBS[word], argument, by, code)

    return Move(run)


def _argument(verb: str, words: Words, house: HouseDescription) -> int:
    if verb in _ZONE_VERBS:
        return zone(words, house)
    if verb in scenario_outputs.VERBS:
        return scenario_outputs.output(words, house, scenario_outputs.VERBS[verb])
    if verb == "picture":
        return zone(words, house) if words else 0
    if verb == "restart":
        return 0
    if verb not in _AREA_VERBS:
        return _SWITCH.index(words.choice(_SWITCH, f"state of {verb}"))
    return area(words, house) if words.skip("area") else house.areas[0].number


def _change(words: Words, house: HouseDescription) -> Move:
    section = words.choice(_SECTIONS, "section")
    number = 0 if section == "panel" else words.number()
    if number is None:
        raise WordsError(f"the number within {section} is missing, or `panel` is meant")
    fields: dict[int | str, Any] = {}
    by = 0
    while words:
        if words.skip("as"):
            by = user(words, house)
            break
        name, value = _field(words.take("a field"))
        fields[name] = value
    if not fields:
        raise WordsError("what changes is missing; write for example entry_s=45")

    def run(stage: Stage) -> None:
        stage.last_command = stage.world.cloud.configure([[section, number, fields]], by)

    return Move(run)


def _field(word: str) -> tuple[str, Any]:
    name, equals, text = word.partition("=")
    if not (name and equals and text):
        raise WordsError(f"{word!r} is no field with its value; write for example entry_s=45")
    if text in _WORDS_FOR_VALUES:
        return name, _WORDS_FOR_VALUES[text]
    return name, int(text) if text.removeprefix("-").isdecimal() else text


# To power, cables and network.


def _cable(state: str) -> Parser:
    """`cut`, `short` and `mend` of a detector's line."""
    return _among(_wired, "wired detector", lambda seen, name: seen.cable(name, state))


def _cut(words: Words, house: HouseDescription) -> Move:
    if words.skip("network"):
        return Move(lambda stage: setattr(stage.world.network, "up", False))
    word = words.take("what is cut, network or a wired detector")
    if word not in _wired(house):
        raise WordsError(unknown(word, ["network", *_wired(house)], "thing to cut"))
    return _on_house(lambda seen: seen.cable(word, "cut"))


def _restore(words: Words, _house: HouseDescription) -> Move:
    words.choice(("network",), "thing to restore")
    return Move(lambda stage: setattr(stage.world.network, "up", True))


def _power(*steps: Callable[[Stage], None]) -> Parser:
    def parse(words: Words, _house: HouseDescription) -> Move:
        words.choice(("panel",), "thing with power")

        def run(stage: Stage) -> None:
            for step in steps:
                step(stage)

        return Move(run)

    return parse


def _power_off(stage: Stage) -> None:
    if stage.powered:
        stage.powered = False
        stage.world.power_cut()


def _without_power(stage: Stage) -> None:
    stage.world.run_until(stage.world.now_ms + POWER_CYCLE_MS)


def _power_on(stage: Stage) -> None:
    if not stage.powered:
        stage.powered = True
        stage.world.power_on()


def _hang(words: Words, _house: HouseDescription) -> Move:
    kind = words.choice(("inputs", "busy"), "way to hang")
    return Move(lambda stage: stage.world.hang_panel(kind))


MOVES: dict[str, Parser] = {
    "open": _named(OPENABLE, "door or window", House.open),
    "close": _named(OPENABLE, "door or window", House.close),
    "motion": _named(MOVABLE, "motion detector", House.move),
    "pet": _pet,
    "break": _named(("glass",), "glass-break detector", House.break_glass),
    "smoke": _switched(("smoke",), "smoke", ("on", "off"), House.smoke),
    "heat": _measured("heat", "heat detector", House.heat),
    "co": _switched(("co",), "CO detector", ("on", "off"), House.carbon_monoxide),
    "water": _switched(("water",), "water probe", ("on", "off"), House.water),
    "temperature": _temperature,
    "dark": _darkness(True),
    "light": _darkness(False),
    "press": _among(_with_button, "thing with a button", House.press),
    "dismount": _among(_all, _EVERY_KIND, lambda seen, name: seen.dismount(name, True)),
    "mount": _among(_all, _EVERY_KIND, lambda seen, name: seen.dismount(name, False)),
    "battery": _battery,
    "fault": _radio_state("fault", ("on", "off"), House.fault),
    "lose": _among(_by_radio, "radio sensor", lambda seen, name: seen.reach(name, False)),
    "find": _among(_by_radio, "radio sensor", lambda seen, name: seen.reach(name, True)),
    "jammer": _jammer,
    "code": _code,
    "key": _key,
    "tag": _tag,
    "command": _command,
    "change": _change,
    "cut": _cut,
    "short": _cable("short"),
    "mend": _cable(""),
    "restore": _restore,
    "hang": _hang,
    "power-cycle": _power(_power_off, _without_power, _power_on),
    "power-off": _power(_power_off),
    "power-on": _power(_power_on),
    "mains": scenario_power.mains,
    "charger": scenario_power.charger,
    "router": scenario_power.router,
    "cable": scenario_paths.cable,
    "black": scenario_paths.black_hole,
    "mobile": scenario_paths.mobile,
    "sms": scenario_paths.sms,
    "modem": scenario_paths.modem,
    **scenario_outputs.MOVES,
    **scenario_centre.MOVES,
}
