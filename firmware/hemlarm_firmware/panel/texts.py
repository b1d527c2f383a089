"""What the keypad's display says: two lines of 16 characters, in Swedish and English."""

COLUMNS = 16

READY = "ready"
OPEN_ZONE = "open zone"
NOT_ARMED = "not armed"
WRONG_CODE = "wrong code"
LOCKED = "locked"
REMEMBERS = "remembers"
REMEMBERS_FIRE = "remembers fire"
LEAVING = "leaving"
STAYING = "staying"
ARMED_AWAY = "armed away"
ARMED_HOME = "armed home"
ENTERING = "entering"
BURGLARY = "burglary"
ARMED_REMEMBERS = "armed, remembers"
FIRE_NOW = "fire"
FIRE_SILENCED = "fire silenced"

# "{}" stands for a zone's number, of up to three digits.
TEXTS = {
    "sv": {
        READY: ("Frånkopplat", "Klart"),
        OPEN_ZONE: ("Frånkopplat", "Zon {} öppen"),
        NOT_ARMED: ("Ej tillkopplat", "Stäng zon {}"),
        WRONG_CODE: ("Fel kod", "Försök igen"),
        LOCKED: ("Fel kod för ofta", "Låst, vänta"),
        REMEMBERS: ("Larm har utlösts", "Inbrott zon {}"),
        REMEMBERS_FIRE: ("Larm har utlösts", "Brand zon {}"),
        LEAVING: ("Tillkopplar", "Gå ut nu"),
        STAYING: ("Tillkopplar", "Hemma"),
        ARMED_AWAY: ("Tillkopplat", "Borta"),
        ARMED_HOME: ("Tillkopplat", "Hemma"),
        ENTERING: ("Slå din kod", "Zon {} öppnad"),
        BURGLARY: ("INBROTTSLARM", "Zon {}"),
        ARMED_REMEMBERS: ("Tillkopplat", "Larm i zon {}"),
        FIRE_NOW: ("BRANDLARM", "Zon {}"),
        FIRE_SILENCED: ("Brandlarm tystat", "Vädra, zon {}"),
    },
    "en": {
        READY: ("Disarmed", "Ready"),
        OPEN_ZONE: ("Disarmed", "Zone {} open"),
        NOT_ARMED: ("Not armed", "Close zone {}"),
        WRONG_CODE: ("Wrong code", "Try again"),
        LOCKED: ("Too many wrong", "Locked, wait"),
        REMEMBERS: ("There was alarm", "Burglar zone {}"),
        REMEMBERS_FIRE: ("There was alarm", "Fire zone {}"),
        LEAVING: ("Arming", "Leave now"),
        STAYING: ("Arming", "Home"),
        ARMED_AWAY: ("Armed", "Away"),
        ARMED_HOME: ("Armed", "Home"),
        ENTERING: ("Enter your code", "Zone {} opened"),
        BURGLARY: ("BURGLARY", "Zone {}"),
        ARMED_REMEMBERS: ("Armed", "Alarm zone {}"),
        FIRE_NOW: ("FIRE", "Zone {}"),
        FIRE_SILENCED: ("Fire silenced", "Air out zone {}"),
    },
}


def lines(language: str, text: str, zone: int = 0) -> "tuple[str, str]":
    """The two lines of a text in a language, with the zone's number where the text names one."""
    first, second = TEXTS[language][text]
    return first.replace("{}", str(zone)), second.replace("{}", str(zone))
