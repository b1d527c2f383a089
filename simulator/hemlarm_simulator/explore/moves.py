"""Every kind of move by its name, with what belongs to it."""

from collections.abc import Callable

from hemlarm_simulator.explore import household, incidents, mischief, path_mischief
from hemlarm_simulator.explore.scene import Scene
from hemlarm_simulator.modem.simulated_modem import MOMENTS

NAME, NUMBER, WORD, MOMENT = "name", "number", "word", "moment"

KINDS: dict[str, tuple[Callable[..., None], tuple[str, ...]]] = {
    # An ordinary life.
    "motion": (household.motion, (NAME,)),
    "passes": (household.passes, (NAME,)),
    "airs": (household.airs, (NAME, NUMBER)),
    "arms": (household.arms, (NAME, WORD)),
    "leaves": (household.leaves, (NAME,)),
    "comes": (household.comes, (NAME,)),
    "disarms": (household.disarms, (NAME,)),
    "silences": (household.silences, (NAME,)),
    "mistypes": (household.mistypes, (NUMBER,)),
    "ask": (mischief.ask, (NUMBER, WORD, NUMBER)),
    # What must raise an alarm.
    "breaks-in": (incidents.breaks_in, (NAME, NUMBER)),
    "prowls": (incidents.prowls, (NAME,)),
    "smoke": (incidents.smoke, (NAME, NUMBER)),
    "calls": (incidents.calls, (NAME,)),
    "floods": (incidents.floods, (NAME, NUMBER)),
    "tampers": (incidents.tampers, (NAME, NUMBER)),
    # What goes wrong.
    "cut": (mischief.cut, (NUMBER,)),
    "cut-at": (mischief.cut_at, (NUMBER, WORD, NUMBER)),
    "reset": (mischief.reset, ()),
    "hang": (mischief.hang, (WORD,)),
    "forget": (mischief.forget, (NUMBER,)),
    "kept-clock": (mischief.kept_clock, (NUMBER,)),
    "mains-off": (mischief.mains, (NUMBER,)),
    "crash": (mischief.crash, (WORD, NUMBER)),
    "wipe-broker": (mischief.wipe, (NUMBER,)),
    "outage": (mischief.outage, (NUMBER,)),
    "router-off": (mischief.router_off, (NUMBER,)),
    "port-off": (mischief.port_off, (NUMBER,)),
    "slow": (mischief.slow, (NUMBER, NUMBER, NUMBER)),
    "drop": (mischief.drop, ()),
    "half-open": (mischief.half_open, ()),
    "disturb": (mischief.disturb, (WORD, WORD, NUMBER, NUMBER)),
    "cloud-clock": (mischief.cloud_clock, (NUMBER, NUMBER)),
    "backup": (mischief.backup, ()),
    "restore": (mischief.restore, (NUMBER,)),
    "misacknowledge": (mischief.misacknowledge, ()),
    # What goes wrong with the two paths.
    "black-hole-ip": (path_mischief.black_hole_ip, (NUMBER,)),
    "lossy-ip": (path_mischief.lossy_ip, (NUMBER, NUMBER)),
    "black-hole-mobile": (path_mischief.black_hole_mobile, (NUMBER,)),
    "mobile-outage": (path_mischief.mobile_outage, (NUMBER,)),
    "mobile-data-off": (path_mischief.mobile_data_off, (NUMBER,)),
    "jammed": (path_mischief.jammed, (NUMBER,)),
    "sms-off": (path_mischief.sms_off, (NUMBER,)),
    "sms-lossy": (path_mischief.sms_lossy, (NUMBER, NUMBER)),
    "sms-slow": (path_mischief.sms_slow, (NUMBER, NUMBER)),
    "modem-reset": (path_mischief.modem_reset, ()),
    "modem-moment": (path_mischief.modem_moment, (MOMENT,)),
    "modem-hang": (path_mischief.modem_hang, ()),
    "modem-garbled": (path_mischief.modem_garbled, (NUMBER, NUMBER)),
    "modem-chatters": (path_mischief.modem_chatters, (NUMBER,)),
    "misacknowledge-sms": (path_mischief.misacknowledge_sms, ()),
}
"""Kind: what does it, and what its words are."""


def problem(words: list[str]) -> str:
    """What is wrong with the words of a move, or nothing."""
    if not words:
        return "a kind of move is missing behind the time"
    if words[0] not in KINDS:
        return f"{words[0]!r} is no kind of move; there are {', '.join(KINDS)}"
    wanted = KINDS[words[0]][1]
    if len(words) - 1 != len(wanted):
        return f"{words[0]} takes {' '.join(wanted).upper() or 'nothing'}"
    for word, kind in zip(words[1:], wanted, strict=True):
        if kind == NUMBER and not word.removeprefix("-").isdecimal():
            return f"{word!r} is no whole number"
        if kind == MOMENT and word not in MOMENTS:
            return f"{word!r} is no moment of a modem; there are {', '.join(MOMENTS)}"
    return ""


def play(scene: Scene, words: tuple[str, ...]) -> None:
    """Does it."""
    KINDS[words[0]][0](scene, *words[1:])
