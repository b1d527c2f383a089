"""What scenarios can say of the ways to the cloud: cable, black holes, mobile network, SMS, and the modem itself."""

from collections.abc import Callable

from hemlarm_simulator.description import HouseDescription
from hemlarm_simulator.modem.simulated_modem import MOMENTS, SimulatedModem
from hemlarm_simulator.scenario_text import Move, Stage, Words, WordsError
from hemlarm_simulator.world import World

_SWITCH = ("off", "on")
_BEGINS = ("begins", "ends")


def cable(words: Words, _house: HouseDescription) -> Move:
    """`cable out` and `cable in`."""
    plugged = words.choice(("out", "in"), "state of the cable") == "in"
    return Move(lambda stage: setattr(stage.world.network, "up", plugged))


def black_hole(words: Words, house: HouseDescription) -> Move:
    """`black hole ip begins`: packets vanish, and nobody is told."""
    words.choice(("hole",), "thing that is black")
    if words.choice(("ip", "mobile"), "path") == "mobile":
        _check(house)
        return _begins(words, "black hole", lambda world, begins: setattr(world.mobile, "black_hole", begins))
    return _begins(words, "black hole", lambda world, begins: setattr(world.network, "black_hole", begins))


def mobile(words: Words, house: HouseDescription) -> Move:
    """`mobile network off`, `mobile data off`, `mobile jammed begins`."""
    _check(house)
    what = words.choice(("network", "data", "jammed"), "thing of the mobile network")
    if what == "jammed":
        return _begins(words, "jamming", lambda world, begins: setattr(world.mobile, "jammed", begins))
    attribute = {"network": "up", "data": "data"}[what]
    on = words.choice(_SWITCH, f"state of the mobile {what}") == "on"
    return Move(lambda stage: setattr(stage.world.mobile, attribute, on))


def sms(words: Words, house: HouseDescription) -> Move:
    """`sms off` and `sms on`: the SMS centre."""
    _check(house)
    on = words.choice(_SWITCH, "state of the SMS centre") == "on"
    return Move(lambda stage: stage.world.sms.switch(on))


def modem(words: Words, house: HouseDescription) -> Move:
    """`modem resets`, at once or `at` one of its worst moments, and `modem hangs`."""
    _check(house)
    if words.choice(("resets", "hangs"), "thing that a modem does") == "hangs":
        return Move(lambda stage: _modem(stage).hang())
    if not words.skip("at"):
        return Move(lambda stage: _modem(stage).reset("brown-out"))
    moment = words.choice(MOMENTS, "moment of a modem")
    return Move(lambda stage: _modem(stage).reset_at(moment))


def _begins(words: Words, what: str, act: Callable[[World, bool], None]) -> Move:
    begins = words.choice(_BEGINS, f"state of the {what}") == "begins"
    return Move(lambda stage: act(stage.world, begins))


def _modem(stage: Stage) -> SimulatedModem:
    modem = stage.world.modem
    assert modem is not None
    return modem


def _check(house: HouseDescription) -> None:
    if house.modem is None:
        raise WordsError("this house has no modem; add a [modem] table to it, or take `house two-paths`")
