"""What DC-09 telegrams say of events, in Contact ID and in SIA codes."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemlarm_cloud.trade.dc09_data import SiaEvent, adm_cid, read_adm_cid, read_sia_dcs, sia_dcs
from hemlarm_cloud.trade.errors import BadTelegram


@given(st.integers(1000, 9999), st.integers(0, 99), st.integers(0, 999))
def test_contact_id_is_read_as_it_was_written(qcode: int, area: int, zone: int) -> None:
    assert read_adm_cid(adm_cid("1234", qcode, area, zone)) == (qcode, area, zone)


def test_contact_id_is_written_as_the_standard_says() -> None:
    assert adm_cid("1234", 3401, 1, 2) == "#1234|3401 01 002"


def test_a_zone_beyond_contact_id_is_left_open() -> None:
    assert adm_cid("1234", 1130, 100, 1000) == "#1234|1130 00 000"


def test_contact_id_without_an_account_is_taken_too() -> None:
    assert read_adm_cid("|1130 01 005") == (1130, 1, 5)


@pytest.mark.parametrize(
    "data", ["", "1130 01 005", "#1234|130 01 005", "#1234|1130 1 5", "#1234|1130 01 005 ", "#1234|A130 01 005"]
)
def test_what_is_no_contact_id_is_refused(data: str) -> None:
    with pytest.raises(BadTelegram):
        read_adm_cid(data)


@given(st.sampled_from(["BA", "FA", "OP"]), st.integers(0, 65_535), st.integers(0, 99), st.integers(0, 999))
def test_a_sia_event_is_read_as_it_was_written(code: str, number: int, area: int, user: int) -> None:
    event = SiaEvent(code, number, area, user)
    assert read_sia_dcs(sia_dcs("1234", event)) == [event]


@pytest.mark.parametrize(
    ("data", "events"),
    [
        ("#1234|NBA", [SiaEvent("BA")]),
        ("#1234|Nri1/BA005", [SiaEvent("BA", 5, 1)]),
        ("#1234|Nti10:23/ri1/BA005^Kitchen^", [SiaEvent("BA", 5, 1, text="Kitchen")]),
        ("#1234|Nri1/BA5/BA6", [SiaEvent("BA", 5, 1), SiaEvent("BA", 6, 1)]),
        ("#1234|Nid7/ri2/OP3*Anna", [SiaEvent("OP", 3, 2, 7, "Anna")]),
        ("#1234|NFA1|by the stove", [SiaEvent("FA", 1, text="by the stove")]),
        ("|BA99999", [SiaEvent("BA")]),
    ],
)
def test_the_forms_that_transmitters_use_are_read(data: str, events: list[SiaEvent]) -> None:
    assert read_sia_dcs(data) == events


@pytest.mark.parametrize("data", ["", "#1234|", "#1234|N", "#1234|Nri1", "NBA1", "#1234|Nba1", "#1|N" + "BA/" * 17])
def test_what_is_no_sia_event_is_refused(data: str) -> None:
    with pytest.raises(BadTelegram):
        read_sia_dcs(data)


@pytest.mark.parametrize("event", [SiaEvent("ba"), SiaEvent("BAA"), SiaEvent("BA", -1), SiaEvent("BA", 70_000)])
def test_what_is_no_sia_event_is_not_written(event: SiaEvent) -> None:
    with pytest.raises(BadTelegram):
        sia_dcs("1234", event)


@given(st.text(max_size=100))
def test_no_text_raises_anything_else(text: str) -> None:
    for read in (read_adm_cid, read_sia_dcs):
        for data in (text, "#1|" + text):
            with suppress(BadTelegram):
                read(data)
