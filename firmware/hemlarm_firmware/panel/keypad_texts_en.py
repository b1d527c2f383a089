"""The keypad's texts in English: both lines with a "|" between.

{0} is what is typed, minutes, or the place of a zone out of {1}, whose name is {2}.
"""

from hemlarm_firmware.panel import keypad_texts as texts

TEXTS = {
    texts.CODE: "Code|{0}",
    texts.ASK_OFF: "Disarm: code|{0}",
    texts.ASK_AWAY: "Arm away: code|{0}",
    texts.ASK_HOME: "Arm home: code|{0}",
    texts.ASK_NIGHT: "Arm night: code|{0}",
    texts.WRONG_CODE: "Wrong code|Try again",
    texts.UNKNOWN_TAG: "Unknown tag|Try again",
    texts.LOCKED: "Too many wrong|Wait {0} min",
    texts.NOT_PERMITTED: "Not permitted|for this user",
    texts.NOT_LET_IN: "No access|Ask the owner",
    texts.OUTSIDE_HOURS: "Not at this time|Ask the owner",
    texts.CLOCK_UNKNOWN: "Clock not set|Guest refused",
    texts.ARMED_ALREADY: "Armed already:|disarm first",
    texts.BLOCKER_OPEN: "Open {0}/{1}. OK?|{2}",
    texts.BLOCKER_FAULT: "Fault {0}/{1}. OK?|{2}",
    texts.BLOCKER_MUST_CLOSE: "Close {0}/{1}|{2}",
    texts.ALL_CLOSED: "All closed now|OK = arm",
    texts.ZONE: "Zone {0}",
}
