"""The display's texts: complete in every language, never wider than the display, and names cut to what is left."""

from hemlarm_firmware.panel import latch_tables, texts, texts_en, texts_sv
from panel_house import CODE, WINDOW, House

TEXTS = {"sv": texts_sv.TEXTS, "en": texts_en.TEXTS}
LANGUAGES = ("sv", "en")
LONG_NAME = "Wardrobe upstair"


def every_text() -> "list[int]":
    """The numbers of all texts: those of the states, and those of each alarm that is always on."""
    found = list(range(texts.CHARGER_FAULT + 1)) + [texts.CONTACT + trouble for trouble in range(6)]
    for kind, (_, _, _, tells) in latch_tables.KINDS.items():
        last = texts.SILENCED_TOLD if tells else texts.REMEMBERED
        found += [texts.LATCHES + texts.PER_LATCH * kind + said for said in range(last + 1)]
    return sorted(found)


def said(language: str, text: int, number: int = 0, name: str = "") -> "tuple[str, str]":
    """A text's two lines; what stands inside others has one."""
    words = texts.load(language)
    if text in (texts.A_ZONE, texts.THE_KEYPAD):
        return words[text].replace("#", str(number)), ""
    return texts.lines(words, text, number, name)


def test_every_text_exists_in_every_language_and_fits_sixteen_columns() -> None:
    for language in LANGUAGES:
        assert sorted(TEXTS[language]) == every_text(), language
        for text in every_text():
            for number, name in ((999, ""), (999, LONG_NAME), (0, ""), (64, "")):
                for line in [part for part in said(language, text, number, name) if part]:
                    assert len(line) <= texts.COLUMNS, (language, text, line)
                    assert "{" not in line and "#" not in line and "/" not in line, line


def test_the_display_can_show_every_letter() -> None:
    for language in LANGUAGES:
        for text in every_text():
            for letter in "".join(said(language, text, 1)):
                assert 0x20 <= ord(letter) < 0x7F or 0xA0 <= ord(letter) <= 0xFF, (language, text, letter)


def test_languages_name_a_zone_in_the_same_texts() -> None:
    for text in every_text():
        named = [LONG_NAME[:4] in "".join(said(language, text, 999, LONG_NAME)) for language in LANGUAGES]
        assert named[0] == named[1], text


def test_a_name_that_is_too_long_gives_way_to_the_words_around_it() -> None:
    english = texts.load("en")
    assert texts.lines(english, texts.OPEN_ZONE, 3, LONG_NAME) == ("Disarmed", "Wardrobe up open")
    assert texts.lines(english, texts.OPEN_ZONE, 3, "Door") == ("Disarmed", "Door open")
    assert texts.lines(english, texts.BURGLARY, 3, LONG_NAME) == ("BURGLARY", LONG_NAME)


def test_a_zones_name_may_hold_any_letter() -> None:
    english = texts.load("en")
    for name in ("A/B", "#1", "{}", "50% {0}"):
        assert texts.lines(english, texts.BURGLARY, 3, name) == ("BURGLARY", name)


def test_a_zone_without_a_name_is_called_by_its_number_and_none_is_the_keypad() -> None:
    english = texts.load("en")
    assert texts.lines(english, texts.BURGLARY, 12) == ("BURGLARY", "Zone 12")
    assert texts.lines(english, texts.LATCHES + texts.PER_LATCH * latch_tables.HOLD_UP, 0) == ("HOLD-UP", "Keypad")


def test_the_display_names_zones_as_the_installer_did() -> None:
    house = House()
    house.fits(WINDOW, name="Kitchen")
    house.opens(WINDOW)
    assert house.display() == ("Disarmed", "Kitchen open")
    house.closes(WINDOW)
    house.arms()
    house.opens(WINDOW)
    assert house.display() == ("BURGLARY", "Kitchen")


def test_the_display_speaks_swedish_unless_told_otherwise() -> None:
    house = House()
    del house.config["language"]
    house.start()
    assert house.display() == ("Frånkopplat", "Klart")
    house.keys(CODE, "away")
    assert house.display() == ("Tillkopplar", "Gå ut nu")
