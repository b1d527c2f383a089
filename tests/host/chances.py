"""What chance may choose among in the panel's property tests, and how long it is given."""

from typing import Any

from hypothesis import settings, strategies

from account_of_zones import INTRUSION
from panel_plan import ZONES

IDLE = ("back", "off", "back")  # After these keys nothing is being entered, whatever was.
SOME_UNIX_S = 1795420800  # Monday 23 November 2026, 08:00 UTC.

_STEPS = 40

numbers = [row[0] for row in ZONES]
zones = strategies.sampled_from([*numbers, *[row[0] for row in ZONES if row[2] in INTRUSION] * 2])
modes = strategies.sampled_from(["away", "home", "night"])
pauses_ms = strategies.sampled_from(
    [0, 1, 399, 401, 999, 4999, 5000, 9999, 10000, 15000, 20000, 59999, 60000, 90000, 120000, 300000, 1800000]
)
keys = strategies.sampled_from(["ok", "ok", "back", "up", "down", "off", "away", "home", "night", "1", "2", "5", "0"])
contacts = strategies.sampled_from(
    [("path", path, up) for path in (1, 2) for up in (False, True)]
    + [("path-used", 1), ("path-used", 2), ("jammed", 2, True), ("jammed", 2, False)]
    + [("no-contact", True), ("no-contact", False), ("noise", True), ("noise", True), ("noise", False)]
)
"""What the link and the sensors' radio say of the contact to the world."""


def thoroughness(examples: int) -> Any:
    """The settings of a stateful test: so many examples, or those of a searching profile, each twice as long then."""
    profile: Any = settings.get_profile(settings.get_current_profile_name())
    longer = profile.max_examples > settings.get_profile("default").max_examples
    return settings(
        profile,
        max_examples=profile.max_examples if longer else examples,
        stateful_step_count=2 * _STEPS if longer else _STEPS,
    )
