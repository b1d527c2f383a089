"""What the cloud commands, and what of it the house allows. Loaded for a command and then forgotten.

A cloud that somebody broke into can say what it likes. So the house may have said, at its keypad, that nothing from
afar disarms or unlocks it, or only with a user's code: that code is then judged here, as if it had been typed at the
keypad. What only makes the house safer or more comfortable is never limited, nor is the silencing of a siren.
"""

from hemlarm_firmware.panel import inputs, latch_tables, tables, users
from hemlarm_protocol import contact_id
from hemlarm_protocol.constant import const

# Why a limited command was refused: the result's detail; equal to REFUSALS in hemlarm_protocol.message_names.
NOT_FROM_AFAR = 1
CODE_NEEDED = 2
WRONG_CODE = 3
LOCKED_OUT = 4
NOT_PERMITTED = 5

_MODES = {inputs.VERB_ARM_AWAY: inputs.AWAY, inputs.VERB_ARM_HOME: inputs.HOME, inputs.VERB_ARM_NIGHT: inputs.NIGHT}

RESTART_EVERY_MS = 300_000
"""A panel that has just started takes no command to restart: somebody could keep it from ever guarding."""

_WRONG_CODES = const(1461)
_DURESS = const(1121)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from hemlarm_firmware.panel.cause import Cause
    from hemlarm_firmware.panel.config import Config
    from hemlarm_firmware.panel.core import Panel

    Answer = tuple[int, int]


def obey(panel: "Panel", event: "Sequence[Any]", cause: "Cause") -> "Answer":
    """Carries out (kind, verb, argument, user, code); the code may be missing or empty. Returns the result's status and
    detail: of a refused arming the zone that refuses, of a limit one of the reasons above, else the area's status or 0.
    """
    verb, argument, user = event[1:4]
    cause.acts_for(user, contact_id.SOURCE_COMMAND)
    if verb not in _DOES:
        answer = inputs.UNKNOWN_VERB, 0
    elif not _exists(panel, verb, argument):
        answer = inputs.BAD_ARGUMENT, 0
    else:
        reason = _refusal(panel, verb, argument, "".join(event[4:5]), cause)
        answer = (inputs.REFUSED, reason) if reason else _DOES[verb](panel, verb, argument, cause)
    cause.acts_for(0, contact_id.SOURCE_PANEL)
    return answer


def _exists(panel: "Panel", verb: int, argument: int) -> bool:
    site = panel.site
    if verb in (inputs.VERB_BYPASS, inputs.VERB_UNBYPASS):
        return argument in site.zone_of
    if verb in (inputs.VERB_WALK_TEST, inputs.VERB_CHIME):
        return argument in (0, 1)
    if verb in (inputs.VERB_ON, inputs.VERB_OFF):
        return site.outputs is not None and site.outputs.has_plug(argument)
    if verb in (inputs.VERB_LOCK, inputs.VERB_UNLOCK):
        return site.outputs is not None and site.outputs.has_lock(argument)
    if verb == inputs.VERB_PICTURE:
        return not argument or (argument in site.zone_of and site.zone_of[argument].is_camera)
    return argument == 0 if verb == inputs.VERB_RESTART else argument in site.area_of


# What the house allows.


def _refusal(panel: "Panel", verb: int, argument: int, code: str, cause: "Cause") -> int:
    """Why the command is refused, or 0. With a good code it is that user's from here on."""
    weakens = verb in (inputs.VERB_DISARM, inputs.VERB_BYPASS) or (verb == inputs.VERB_WALK_TEST and argument)
    if not weakens and verb != inputs.VERB_UNLOCK:
        return 0
    limit = panel.remote_limits[verb == inputs.VERB_UNLOCK]
    if limit == "never":
        return NOT_FROM_AFAR
    if not code:
        return CODE_NEEDED if limit == "code" else 0
    if panel.keypad.lock.locked:
        return LOCKED_OUT
    user, duress = panel.keypad.users.find_code(code)
    if user is None:
        _count_wrong(panel, cause)
        return WRONG_CODE
    cause.acts_for(user["number"], contact_id.SOURCE_COMMAND)
    permitted = _is_permitted(panel, user, verb, argument, cause)
    if duress and (verb != inputs.VERB_DISARM or not permitted):  # Of a disarming the site reports it.
        cause.event(_DURESS, user["areas"][0])
    if not permitted:
        return NOT_PERMITTED
    panel.keypad.lock.forgive()
    cause.duress = duress
    return 0


def _count_wrong(panel: "Panel", cause: "Cause") -> None:
    """One lock for the keypad and the cloud: whoever guesses gets no more tries by guessing at both."""
    cause.acts_for(0, contact_id.SOURCE_COMMAND)
    lock = panel.keypad.lock
    if lock.count_wrong(cause.now_ms):
        cause.event(_WRONG_CODES, detail=min(lock.locks, 255))


def _is_permitted(panel: "Panel", user: "Config", verb: int, argument: int, cause: "Cause") -> bool:
    """As at the keypad: installers while they are let in, guests within their hours, each in the user's own areas."""
    keypad, site = panel.keypad, panel.site
    if user["role"] == "installer" and not keypad.let_in and keypad.users.has_master():
        return False
    if verb == inputs.VERB_DISARM:
        if argument not in user["areas"]:
            return False
        if site.area_of[argument].state == tables.DISARMED:
            return True
    elif verb != inputs.VERB_UNLOCK and not users.may(user, users.EVERYDAY):
        return False
    if verb == inputs.VERB_BYPASS and site.zone_of[argument].area not in user["areas"]:
        return False
    return keypad.users.hours(user, site.time_s(cause.now_ms)) == users.WITHIN


# What commands do. Each takes the panel, the verb, its argument, which is a good one, and the cause.


def _disarm(panel: "Panel", _verb: int, number: int, cause: "Cause") -> "Answer":
    panel.site.disarm_areas([panel.site.area_of[number]], cause.duress, cause)
    return inputs.DONE, panel.area_status(number)


def _arm(panel: "Panel", verb: int, number: int, cause: "Cause") -> "Answer":
    area, mode = panel.site.area_of[number], _MODES[verb]
    if area.is_armed_in(mode):
        return inputs.DONE, panel.area_status(number)
    if area.state != tables.DISARMED:
        return inputs.REFUSED, 0
    blocker = panel.site.arm_area(area, mode, cause)
    return (inputs.REFUSED, blocker.number) if blocker else (inputs.DONE, panel.area_status(number))


def _status(panel: "Panel", _verb: int, number: int, _cause: "Cause") -> "Answer":
    return inputs.DONE, panel.area_status(number)


def _silence(panel: "Panel", _verb: int, number: int, cause: "Cause") -> "Answer":
    panel.site.area_of[number].silence(cause)
    panel.site.silence_latches(cause)
    return inputs.DONE, panel.area_status(number)


def _bypass(panel: "Panel", verb: int, number: int, cause: "Cause") -> "Answer":
    return _answer(panel.site.bypass(number, verb == inputs.VERB_BYPASS, cause))


def _chime(panel: "Panel", _verb: int, on: int, _cause: "Cause") -> "Answer":
    panel.site.set_chime(bool(on))
    return _answer(True)


def _walk_test(panel: "Panel", _verb: int, on: int, cause: "Cause") -> "Answer":
    if on:
        return _answer(panel.site.begin_walk_test(cause))
    panel.site.end_walk_test(cause)
    return _answer(True)


def _switch(panel: "Panel", verb: int, number: int, cause: "Cause") -> "Answer":
    assert panel.site.outputs
    panel.site.outputs.switch(number, verb == inputs.VERB_ON, cause)
    return _answer(True)


def _turn(panel: "Panel", verb: int, number: int, cause: "Cause") -> "Answer":
    assert panel.site.outputs
    panel.site.outputs.turn(number, verb == inputs.VERB_LOCK, cause)
    return _answer(True)


def _picture(panel: "Panel", _verb: int, number: int, cause: "Cause") -> "Answer":
    """A camera looks only where nobody is at home in peace: while its area guards or alarms, or while it burns."""
    site = panel.site
    burns = site.latches[latch_tables.FIRE].sounds()
    looks = False
    for zone in site.zones:
        guards = site.area_of[zone.area].state not in (tables.DISARMED, tables.EXIT_DELAY)
        if zone.is_camera and number in (0, zone.number) and (burns or guards):
            cause.request("picture", zone.number)
            looks = True
    return _answer(looks)


def _restart(panel: "Panel", _verb: int, _number: int, cause: "Cause") -> "Answer":
    if not panel.site.is_settled():
        return inputs.BUSY, 0
    if cause.now_ms < RESTART_EVERY_MS:
        return inputs.REFUSED, 0
    cause.request("restart")
    return _answer(True)


def _answer(done: bool) -> "Answer":
    return (inputs.DONE if done else inputs.REFUSED), 0


_DOES = {
    inputs.VERB_DISARM: _disarm,
    inputs.VERB_ARM_AWAY: _arm,
    inputs.VERB_ARM_HOME: _arm,
    inputs.VERB_ARM_NIGHT: _arm,
    inputs.VERB_STATUS: _status,
    inputs.VERB_SILENCE: _silence,
    inputs.VERB_BYPASS: _bypass,
    inputs.VERB_UNBYPASS: _bypass,
    inputs.VERB_WALK_TEST: _walk_test,
    inputs.VERB_CHIME: _chime,
    inputs.VERB_ON: _switch,
    inputs.VERB_OFF: _switch,
    inputs.VERB_LOCK: _turn,
    inputs.VERB_UNLOCK: _turn,
    inputs.VERB_PICTURE: _picture,
    inputs.VERB_RESTART: _restart,
}
