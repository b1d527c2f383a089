"""The display's texts: complete in every language, and never wider than the display."""

from hemlarm_firmware.panel import texts
from panel_house import CODE, House


def test_every_text_exists_in_every_language_and_fits_sixteen_columns() -> None:
    names = sorted(texts.TEXTS["sv"])
    assert len(names) == 16
    for language in texts.TEXTS:
        assert sorted(texts.TEXTS[language]) == names, language
        for name in names:
            for line in texts.lines(language, name, 999):
                assert 0 < len(line) <= texts.COLUMNS, (language, name, line)


def test_languages_name_a_zone_in_the_same_texts() -> None:
    for name in texts.TEXTS["sv"]:
        assert ("999" in "".join(texts.lines("sv", name, 999))) == ("999" in "".join(texts.lines("en", name, 999)))


def test_the_display_speaks_swedish_unless_told_otherwise() -> None:
    house = House()
    del house.config["language"]
    house.start()
    assert house.display() == ("Frånkopplat", "Klart")
    house.keys(CODE, "away")
    assert house.display() == ("Tillkopplar", "Gå ut nu")
