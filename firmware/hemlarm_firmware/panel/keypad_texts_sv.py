"""The keypad's texts in Swedish: both lines with a "|" between.

{0} is what is typed, minutes, or the place of a zone out of {1}, whose name is {2}.
"""

from hemlarm_firmware.panel import keypad_texts as texts

TEXTS = {
    texts.CODE: "Kod|{0}",
    texts.ASK_OFF: "Frånkoppla: kod|{0}",
    texts.ASK_AWAY: "Borta: slå kod|{0}",
    texts.ASK_HOME: "Hemma: slå kod|{0}",
    texts.ASK_NIGHT: "Natt: slå kod|{0}",
    texts.WRONG_CODE: "Fel kod|Försök igen",
    texts.UNKNOWN_TAG: "Okänd tagg|Försök igen",
    texts.LOCKED: "För många fel|Vänta {0} min",
    texts.NOT_PERMITTED: "Behörighet|saknas",
    texts.NOT_LET_IN: "Ej behörig nu|Fråga ägaren",
    texts.OUTSIDE_HOURS: "Ej tillåten tid|Fråga ägaren",
    texts.CLOCK_UNKNOWN: "Klockan saknas|Gäst nekas",
    texts.ARMED_ALREADY: "Larmet är redan|på: koppla från",
    texts.BLOCKER_OPEN: "Öppen {0}/{1}. OK?|{2}",
    texts.BLOCKER_FAULT: "Fel {0}/{1}. OK?|{2}",
    texts.BLOCKER_MUST_CLOSE: "Stäng {0}/{1}|{2}",
    texts.ALL_CLOSED: "Allt är stängt|OK = tillkoppla",
    texts.ZONE: "Zon {0}",
}
