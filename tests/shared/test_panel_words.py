"""A language's words in one piece of memory: each is found again, and the module that they came from is let go."""

import sys

from hemlarm_firmware.panel.words import Words, load
from support import raises

TEXTS = "hemlarm_firmware.panel.texts_sv"


def test_words_are_found_by_their_numbers_and_what_is_missing_among_them_is_empty() -> None:
    words = Words({4: "Dörr", 0: "på", 2: ""})
    assert [words[number] for number in range(5)] == ["på", "", "", "", "Dörr"]
    raises(IndexError, words.__getitem__, 5)


def test_a_language_that_was_loaded_is_kept_once() -> None:
    assert load("texts_sv")[0]
    assert TEXTS not in sys.modules
