"""The display's texts in English: both lines with a "/" between, "{}" for a zone's number of up to three digits."""

from hemlarm_firmware.panel import texts

TEXTS = {
    texts.READY: "Disarmed/Ready",
    texts.OPEN_ZONE: "Disarmed/Zone {} open",
    texts.NOT_ARMED: "Not armed/Close zone {}",
    texts.WRONG_CODE: "Wrong code/Try again",
    texts.LOCKED: "Too many wrong/Locked, wait",
    texts.REMEMBERS: "There was alarm/Burglar zone {}",
    texts.REMEMBERS_FIRE: "There was alarm/Fire zone {}",
    texts.LEAVING: "Arming/Leave now",
    texts.STAYING: "Arming/Home",
    texts.ARMED_AWAY: "Armed/Away",
    texts.ARMED_HOME: "Armed/Home",
    texts.ENTERING: "Enter your code/Zone {} opened",
    texts.BURGLARY: "BURGLARY/Zone {}",
    texts.ARMED_REMEMBERS: "Armed/Alarm zone {}",
    texts.FIRE_NOW: "FIRE/Zone {}",
    texts.FIRE_SILENCED: "Fire silenced/Air out zone {}",
}
