"""What things are called in Home Assistant, in Swedish and English, where nobody has named them."""

WORDS = {
    "sv": {
        "area": "Område {number}", "alarm": "Larm", "zone": "Zon {number}", "battery": "Batteri",
        "mains": "Nätspänning", "contact": "Kontakt", "fault": "Fel", "temperature": "Temperatur",
        "plug": "Uttag", "lock": "Lås", "answer": "Senaste svar",
    },
    "en": {
        "area": "Area {number}", "alarm": "Alarm", "zone": "Zone {number}", "battery": "Battery", "mains": "Mains",
        "contact": "Contact", "fault": "Fault", "temperature": "Temperature", "plug": "Plug", "lock": "Lock",
        "answer": "Last answer",
    },
}  # fmt: skip


def word(language: str, key: str, number: int = 0) -> str:
    """Return one of them."""
    return WORDS[language][key].format(number=number)
