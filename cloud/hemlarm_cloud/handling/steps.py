"""What a step of an action plan can be, how it can turn out, and when it is taken. Pure data.

A result brings facts; a condition asks for facts. Whatever decides which task comes next is in these tables, and
`deciding.py` reads them.
"""

from typing import NamedTuple

LOOK_AT_PICTURES, VERIFY_PASSWORD, CALL_CONTACT = "look-at-pictures", "verify-password", "call-contact"
CALL_PANEL_USER, FIRE_NEIGHBOUR, FIRE_BRIGADE, POLICE = "call-panel-user", "fire-neighbour", "fire-brigade", "police"
GUARD, GUARD_REPORT, FEEDBACK = "guard", "guard-report", "feedback"
REMIND_CUSTOMER, SERVICE_TASK = "remind-customer", "service-task"

_NOTHING: frozenset[str] = frozenset()


def _facts(*names: str) -> frozenset[str]:
    return frozenset(names)


_CALLED = {"called": _NOTHING, "already-called": _NOTHING, "not-needed": _NOTHING}
_CALLING = {
    "all-well": _facts("reached", "verified"),
    "takes-over": _facts("reached", "unverified"),
    "asks-for-guard": _facts("reached", "unverified"),
    "sees-fire": _facts("reached", "smoke"),
    "sees-intruder": _facts("reached", "confirmed"),
    "wrong-password": _NOTHING,
    "no-answer": _NOTHING,
}

RESULTS: dict[str, dict[str, frozenset[str]]] = {
    LOOK_AT_PICTURES: {
        "smoke-or-fire": _facts("looked-at-pictures", "smoke"),
        "intruder": _facts("looked-at-pictures", "confirmed"),
        "nothing-seen": _facts("looked-at-pictures"),
        "no-pictures": _facts("looked-at-pictures"),
    },
    VERIFY_PASSWORD: {
        "right-password": _facts("home", "verified"),
        "wrong-password": _facts("home", "unverified"),
        "not-at-home": _facts("away", "unverified"),
        "no-answer": _facts("away", "unverified"),
        "sees-fire": _facts("home", "smoke", "unverified"),
        "in-danger": _facts("home", "confirmed", "unverified"),
    },
    CALL_CONTACT: _CALLING,
    CALL_PANEL_USER: _CALLING,
    FIRE_NEIGHBOUR: {
        "sees-fire": _facts("looked", "smoke"),
        "sees-nothing": _facts("looked"),
        "cannot-look": _NOTHING,
        "no-answer": _NOTHING,
    },
    GUARD: {"sent": _facts("guard-sent"), "not-available": _facts("no-guard")},
    GUARD_REPORT: {
        "break-in": _facts("looked", "confirmed"),
        "fire": _facts("looked", "smoke"),
        "water": _facts("looked"),
        "technical": _facts("looked"),
        "accidental": _facts("looked"),
        "weather": _facts("looked"),
        "nothing-found": _facts("looked"),
    },
    FIRE_BRIGADE: _CALLED,
    POLICE: _CALLED,
    FEEDBACK: {"phoned": _NOTHING, "texted": _NOTHING, "mailed": _NOTHING, "not-reached": _NOTHING},
    REMIND_CUSTOMER: {"phoned": _NOTHING, "texted": _NOTHING, "mailed": _NOTHING, "not-reached": _NOTHING},
    SERVICE_TASK: {"ordered": _NOTHING, "done": _NOTHING, "not-needed": _NOTHING},
}
"""Of each kind of step, how it can turn out and the facts that this brings."""

KINDS = tuple(kind for kind in RESULTS if kind != GUARD_REPORT)
"""What may stand in a site's plan. The guard's report comes with each guard by itself."""

EMERGENCY = (FIRE_BRIGADE, POLICE)
"""Comes before everything else as soon as its condition holds."""

LADDERS = {
    CALL_CONTACT: _facts("reached", "verified"),
    CALL_PANEL_USER: _facts("reached", "verified"),
    FIRE_NEIGHBOUR: _facts("looked"),
}
"""People asked one after the other, and the facts that end it."""


class Condition(NamedTuple):
    """Holds with one of the facts `when` and none of `never`.

    As long as an earlier task may still bring one of these it is undecided; afterwards it is `otherwise`.
    """

    when: frozenset[str]
    never: frozenset[str]
    otherwise: bool


CONDITIONS = {
    "": Condition(_NOTHING, _NOTHING, True),
    "smoke-seen": Condition(_facts("smoke"), _NOTHING, False),
    "no-smoke": Condition(_facts("looked-at-pictures"), _facts("smoke"), True),
    "nobody-home": Condition(_facts("away"), _facts("home", "smoke"), True),
    "nobody-looked": Condition(_NOTHING, _facts("home", "looked", "smoke"), True),
    "nobody-could-look": Condition(_facts("no-guard"), _facts("home", "looked", "smoke"), False),
    "verified": Condition(_facts("verified"), _NOTHING, False),
    "not-verified": Condition(_facts("unverified"), _facts("verified"), True),
    "not-cleared": Condition(_facts("unverified"), _facts("verified", "looked"), True),
    "nobody-reached": Condition(_NOTHING, _facts("reached", "verified"), True),
    "confirmed": Condition(_facts("confirmed"), _NOTHING, False),
    "not-confirmed": Condition(_NOTHING, _facts("confirmed"), True),
    "key-service": Condition(_facts("key"), _NOTHING, False),
    "no-key-service": Condition(_NOTHING, _facts("key"), True),
    "guard-sent": Condition(_facts("guard-sent"), _NOTHING, False),
}
"""What `only_if` of a step can say."""
