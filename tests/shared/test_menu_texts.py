"""The menus' texts: complete in every language and never wider than the display."""

from hemlarm_firmware.panel import keypad_texts, menu_texts

LANGUAGES = ("sv", "en")
WIDE = "W" * 16

# The longest that each text's places can hold, where it is not a number of three digits.
STARS = "*" * 7
PLACES = {
    menu_texts.MENU: (12, 12, WIDE),
    menu_texts.BYPASSED: (WIDE,),
    menu_texts.IN_USE: (WIDE,),
    menu_texts.EVENT: (WIDE, "31/12 23:59", "Z999"),
    menu_texts.WHO: (WIDE, 999, 999),
    menu_texts.USER: (999, WIDE),
    menu_texts.ROLE: (999, WIDE),
    menu_texts.CODE_FIRST: (STARS,),
    menu_texts.CODE_AGAIN: (STARS,),
    menu_texts.EXIT_DELAY: (23, 300, "999"),
    menu_texts.ENTRY_DELAY: (23, 300, "999"),
    menu_texts.EVENT_UNKNOWN: (9999,),
    menu_texts.REMOTE_DISARM: ("Always",),
    menu_texts.REMOTE_UNLOCK: ("Med kod",),
    menu_texts.RESTORED: ("W" * 13,),
}


def filled(text: int, words: str) -> "list[str]":
    """The lines, or the single line, with the longest values."""
    values = PLACES.get(text, (999, 999, 999))
    return list(keypad_texts.lines(words, *values)) if "|" in words else [words.format(*values)]


def test_every_text_exists_in_every_language_and_fits() -> None:
    for language in LANGUAGES:
        said = menu_texts.load(language).TEXTS
        assert sorted(said) == list(range(menu_texts.COUNT)), language
        for text in said:
            for line in filled(text, said[text]):
                assert 0 < len(line) <= 16, (language, text, line)


def test_languages_use_the_same_lines_and_places() -> None:
    swedish, english = menu_texts.load("sv").TEXTS, menu_texts.load("en").TEXTS
    for text in swedish:
        for part in ("|", "{0}", "{1}", "{2}"):
            assert (part in swedish[text]) == (part in english[text]), text


def test_every_event_has_a_word_that_fits_in_every_language() -> None:
    for language in LANGUAGES:
        words = menu_texts.load(language)
        for qcode in range(1000, 10000):
            assert 0 < len(menu_texts.event_word(words, qcode)) <= 16, (language, qcode)


def test_languages_know_the_same_events() -> None:
    codes = [[line.split(" ")[0] for line in menu_texts.load(language).EVENTS.split("\n")] for language in LANGUAGES]
    assert sorted(codes[0]) == sorted(codes[1])
    assert len(set(codes[0])) == len(codes[0]) - 1, "each once; the two empty lines are the edges"


def test_an_event_is_named_whole_and_a_restore_after_its_alarm() -> None:
    words = menu_texts.load("en")
    for qcode, word in (
        (1130, "Intrusion"),
        (3130, "Intrusion ok"),
        (1401, "Disarmed"),
        (3401, "Armed away"),
        (3373, "Fire loop ok"),
        (6612, "Zone not tested"),
        (130, "Event 130"),
        (3999, "Event 3999"),
    ):
        assert menu_texts.event_word(words, qcode) == word, qcode
