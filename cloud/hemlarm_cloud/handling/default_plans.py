"""The action plans that hold where a site has none of its own. Pure data.

What the customers are promised: at fire the pictures are looked at first; smoke on them calls the fire brigade at once;
without it and with nobody at home the fire neighbour is asked, who looks from outside only. Nobody calls a site where
somebody may be held up. Taking a detector down asks for the password. After every alarm the customer hears from us.
"""

from typing import NamedTuple

from hemlarm_cloud.cases.categories import (
    FAULT,
    FIRE,
    GAS,
    HOLD_UP,
    INTRUSION,
    LINE,
    POWER,
    SERVICE,
    TAMPER,
    WATER,
)
from hemlarm_cloud.handling import steps as s

TEST, INCIDENT = "test", "incident"
"""Plans that no category has: of the yearly test, and of a regional incident as a whole."""


class Step(NamedTuple):
    """A step of a plan. Without `person` a call goes to the site's contacts in their order."""

    kind: str
    only_if: str = ""
    person: int | None = None
    text: str = ""


_FEEDBACK = Step(s.FEEDBACK)
_ASK = (Step(s.VERIFY_PASSWORD), Step(s.CALL_CONTACT, "not-verified"))

PLANS: dict[str, tuple[Step, ...]] = {
    FIRE: (
        Step(s.LOOK_AT_PICTURES),
        Step(s.VERIFY_PASSWORD),
        Step(s.FIRE_NEIGHBOUR, "nobody-home"),
        Step(s.GUARD, "nobody-looked"),
        Step(s.CALL_CONTACT, "not-cleared"),
        Step(s.FIRE_BRIGADE, "smoke-seen"),
        Step(s.FIRE_BRIGADE, "nobody-could-look"),
        Step(s.POLICE, "confirmed"),
        _FEEDBACK,
    ),
    GAS: (
        Step(s.VERIFY_PASSWORD),
        Step(s.FIRE_BRIGADE, "not-verified"),
        Step(s.CALL_CONTACT, "not-verified"),
        _FEEDBACK,
    ),
    HOLD_UP: (Step(s.POLICE), Step(s.LOOK_AT_PICTURES), _FEEDBACK),
    INTRUSION: (
        Step(s.LOOK_AT_PICTURES),
        *_ASK,
        Step(s.GUARD, "not-verified"),
        Step(s.FIRE_BRIGADE, "smoke-seen"),
        Step(s.POLICE, "confirmed"),
        _FEEDBACK,
    ),
    TAMPER: (*_ASK, Step(s.GUARD, "not-verified"), Step(s.POLICE, "confirmed"), _FEEDBACK),
    WATER: (*_ASK, Step(s.GUARD, "nobody-reached"), _FEEDBACK),
    LINE: (*_ASK, Step(s.SERVICE_TASK)),
    POWER: (Step(s.REMIND_CUSTOMER),),
    FAULT: (Step(s.SERVICE_TASK),),
    SERVICE: (Step(s.SERVICE_TASK),),
    TEST: _ASK,
    INCIDENT: (Step(s.SERVICE_TASK),),
}
"""By category, and the two others."""

NEVER = {HOLD_UP: (s.VERIFY_PASSWORD, s.CALL_PANEL_USER)}
"""What is left out of a site's own plan too: a call would tell whoever threatens that help was called."""

ASKED_WITHIN_MS = 300_000
"""A call to the site comes within five minutes, which is what customers are told to expect of their yearly test."""
