"""How a case can end. Pure data."""

from typing import NamedTuple

REAL, ACCIDENTAL, UNEXPLAINED, TECHNICAL = "real", "accidental", "unexplained", "technical"
TEST, CANCELLED, RESTORED, REMINDED, HANDLED = "test", "cancelled-by-user", "restored", "reminded", "handled"


class Outcome(NamedTuple):
    """Of which kinds of cases it is an outcome, and what the customer is told about it after an alarm."""

    kinds: tuple[str, ...]
    sv: str
    en: str


_FAULTS = ("fault", "incident", "service")

OUTCOMES = {
    REAL: Outcome(
        ("alarm",),
        "Larmet var skarpt. Vi har larmat ut hjälp enligt er åtgärdsplan.",
        "The alarm was real. We called help as your action plan says.",
    ),
    ACCIDENTAL: Outcome(
        ("alarm",), "Larmet löstes ut av misstag. Ingen fara.", "The alarm was set off by accident. No danger."
    ),
    UNEXPLAINED: Outcome(
        ("alarm",),
        "Orsaken är inte känd. Vi har följt er åtgärdsplan och inget mer har hittats.",
        "The cause is not known. We followed your action plan and nothing more was found.",
    ),
    TECHNICAL: Outcome(
        ("alarm", *_FAULTS),
        "Larmet hade en teknisk orsak. Kontakta oss för service.",
        "The alarm had a technical cause. Please contact us for service.",
    ),
    TEST: Outcome(("alarm",), "Provet är genomfört och godkänt.", "The test was carried out and went well."),
    CANCELLED: Outcome(
        ("alarm",),
        "Det avbröts med kod och inga åtgärder behövdes. Kontakta oss om det inte var ni.",
        "It was cancelled by code and nothing had to be done. Please contact us if that was not you.",
    ),
    RESTORED: Outcome(("alarm", *_FAULTS), "Felet är borta igen.", "The fault is gone again."),
    REMINDED: Outcome(_FAULTS, "Ni har fått en påminnelse.", "You were reminded."),
    HANDLED: Outcome(_FAULTS, "Ärendet är åtgärdat.", "The matter was dealt with."),
}
"""By name."""


def told(outcome: str | None, language: str) -> str:
    """The sentence for the customer about an outcome; about a case that goes on, that it is being looked after."""
    if outcome not in OUTCOMES:
        return "Vi följer er åtgärdsplan." if language == "sv" else "We are following your action plan."
    found = OUTCOMES[outcome]
    return found.sv if language == "sv" else found.en
