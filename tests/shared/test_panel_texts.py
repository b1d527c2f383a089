"""The display's texts: complete in every language, and never wider than the display."""

from hemlarm_firmware.panel import texts
from panel_house import CODE, House


def test_every_text_exists_in_every_language_and_fits_sixteen_columns() -> None:
    for language in texts.LANGUAGES:
        said = texts.load(language)
        assert sorted(said) == list(range(16)), language
        for text in said:
            for line in texts.lines(said, text, 999):
                assert 0 < len(line) <= texts.COLUMNS, (language, text, line)


def test_languages_name_a_zone_in_the_same_texts() -> None:
    swedish, english = texts.load("sv"), texts.load("en")
    for text in swedish:
        assert ("999" in "".join(texts.lines(swedish, text, 999))) == (
            "999" in "".join(texts.lines(english, text, 999))
        )


def test_the_display_speaks_swedish_unless_told_otherwise() -> None:
    house = House()
    del house.config["language"]
    house.start()
    assert house.display() == ("Frånkopplat", "Klart")
    house.keys(CODE, "away")
    assert house.display() == ("Tillkopplar", "Gå ut nu")
