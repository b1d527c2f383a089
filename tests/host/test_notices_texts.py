"""What customers read: every topic in both languages with the same facts, and nothing in a value breaks a notice."""

import pytest

from hemlarm_cloud.cases.categories import SERVICE_KINDS, URGENCY
from hemlarm_cloud.cases.meaning import kind_category
from hemlarm_cloud.errors import InvalidError
from hemlarm_cloud.notices import names, outbox, texts
from hemlarm_cloud.notices.texts import TOPICS


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_says_the_same_in_both_languages(topic: str) -> None:
    said = {language: texts.fields(text.subject) | texts.fields(text.body) for language, text in TOPICS[topic].items()}
    assert set(said) == set(texts.LANGUAGES)
    assert said["sv"] == said["en"]
    assert len({text.body for text in TOPICS[topic].values()}) == 2


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_fits_into_an_sms_of_four_parts_with_long_names_in_it(topic: str) -> None:
    for language in texts.LANGUAGES:
        wanted = TOPICS[topic][language]
        values = dict.fromkeys(texts.fields(wanted.subject + wanted.body), "x" * 30)
        text = texts.compose(topic, language, **values)
        assert len(text.body) <= 4 * 153
        assert len(text.subject) <= outbox.SUBJECT_MAX


def test_values_are_put_in_as_they_are() -> None:
    text = texts.compose("feedback", "sv", site="Villa {x}", category="brand", at="i dag", outcome="Ingen {fara}.")
    assert text.subject == "Återkoppling: Villa {x}"
    assert text.body == "Vi har tagit emot ett larm (brand) från Villa {x} i dag. Ingen {fara}."


def test_a_hostile_value_makes_no_notice_that_cannot_be_sent() -> None:
    value = "a\r\nBcc: x\0\ud800\u2028" + "y" * 10_000
    text = texts.compose("contract-passed", "en", contract=value, until="x\ny")
    assert len(text.subject) == outbox.SUBJECT_MAX
    assert "\n" not in text.subject
    assert not {"\r", "\0", "\ud800", "\u2028"} & set(text.body)


@pytest.mark.parametrize(("topic", "language"), [("nothing", "sv"), ("report", "de"), ("report", "sv")])
def test_an_unknown_topic_or_language_or_a_missing_value_is_refused(topic: str, language: str) -> None:
    with pytest.raises(InvalidError):
        texts.compose(topic, language)


def test_everything_has_a_name_in_both_languages() -> None:
    for language in names.LANGUAGES:
        assert set(names.CATEGORIES[language]) == set(URGENCY)
        assert set(names.SERVICE_KINDS[language]) == set(SERVICE_KINDS)
    assert set(names.CONDITIONS["sv"]) == set(names.CONDITIONS["en"])
    assert all(kind_category(kind) for kind in names.CONDITIONS["sv"])


@pytest.mark.parametrize(
    ("time_zone", "shown"),
    [
        ("Europe/Stockholm", "2026-11-18 12:06"),
        ("Atlantic/Canary", "2026-11-18 11:06"),
        ("x/../y", "2026-11-18 11:06 UTC"),
    ],
)
def test_moments_are_told_as_the_sites_clocks_show_them(time_zone: str, shown: str) -> None:
    assert names.when(1_795_000_000_000, time_zone) == shown
    assert names.day(1_795_000_000_000, time_zone) == "2026-11-18"


def test_a_fault_without_a_name_of_its_own_is_a_technical_one() -> None:
    assert names.condition("code-399", 4, "sv") == "tekniskt fel, zon 4"
    assert names.condition("mains", 0, "en") == "mains out"
