"""The display's texts in Swedish: both lines with a "/" between, "{}" for a zone's number of up to three digits."""

from hemlarm_firmware.panel import texts

TEXTS = {
    texts.READY: "Frånkopplat/Klart",
    texts.OPEN_ZONE: "Frånkopplat/Zon {} öppen",
    texts.NOT_ARMED: "Ej tillkopplat/Stäng zon {}",
    texts.WRONG_CODE: "Fel kod/Försök igen",
    texts.LOCKED: "Fel kod för ofta/Låst, vänta",
    texts.REMEMBERS: "Larm har utlösts/Inbrott zon {}",
    texts.REMEMBERS_FIRE: "Larm har utlösts/Brand zon {}",
    texts.LEAVING: "Tillkopplar/Gå ut nu",
    texts.STAYING: "Tillkopplar/Hemma",
    texts.ARMED_AWAY: "Tillkopplat/Borta",
    texts.ARMED_HOME: "Tillkopplat/Hemma",
    texts.ENTERING: "Slå din kod/Zon {} öppnad",
    texts.BURGLARY: "INBROTTSLARM/Zon {}",
    texts.ARMED_REMEMBERS: "Tillkopplat/Larm i zon {}",
    texts.FIRE_NOW: "BRANDLARM/Zon {}",
    texts.FIRE_SILENCED: "Brandlarm tystat/Vädra, zon {}",
}
