"""SOS Access as bytes: what is written is read again, what is wrong gets its status, and a stream is cut rightly."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hemlarm_cloud.trade import sos_access as codec
from hemlarm_cloud.trade.errors import BadTelegram
from hemlarm_cloud.trade.sos_access import (
    AlarmRequest,
    NewAuthenticationRequest,
    PingRequest,
    Request,
    Response,
    Status,
)
from hemlarm_cloud.trade.sos_access_xml import Splitter

PASSWORD = "abcdefghijklmno"
ALARM = AlarmRequest(PASSWORD, "HEMLARM", "SV300", "IO980102", "BA")
PING = PingRequest(PASSWORD, "SV300", "IO980102", "r1")

# Written by hand after the protocol's description, as others write it.
BY_HAND = b"""<?xml version="1.0" encoding="ISO-8859-1"?>
<alarmrequest><reference></reference><authentication>abcdefghijklmno</authentication><receiver>42</receiver>
<transmittertime>2002-05-28 11:35:20.022</transmittertime>
<alarmtype>RE</alarmtype><transmittertype>SV300</transmittertype>
<transmittercode>IO980102</transmittercode><transmitterarea>2</transmitterarea><eventcode>FA</eventcode>
<section>1</section><sectiontext>Hall &amp; k\xf6k</sectiontext><detector>7</detector><detectortext/>
<additionalinfo>a\r\nb</additionalinfo><position><pos>x1234567y1234567</pos></position><later>x</later></alarmrequest>"""


def printable(least: int, most: int) -> st.SearchStrategy[str]:
    letters = [chr(code) for code in (*range(32, 127), *range(160, 256))]
    return st.text(st.sampled_from(letters), min_size=least, max_size=most)


def requests() -> st.SearchStrategy[Request]:
    def texts(made: Any) -> dict[str, st.SearchStrategy[str]]:
        found = {}
        for name in made.__dataclass_fields__:
            least, most = codec.LENGTHS[name]
            some = st.sampled_from([codec.ALARM, codec.RESTORE]) if name == "alarm_type" else printable(least, most)
            found[name] = some if name in codec.MANDATORY or name == "alarm_type" else some | st.just("")
        return found

    return st.one_of(*(st.builds(made, **texts(made)) for made, _ in codec.ROOTS.values()))


def status_of(data: bytes) -> int:
    with pytest.raises(BadTelegram) as bad:
        codec.parse_request(data)
    return bad.value.status


@given(requests())
def test_a_request_is_read_as_it_was_written(request: Request) -> None:
    assert codec.parse_request(codec.encode(request)) == request


@given(st.sampled_from(sorted(codec.RESPONSE_ROOTS)), st.integers(0, 999), printable(1, 255), printable(0, 50))
def test_a_response_is_read_as_it_was_written(kind: str, status: int, info: str, reference: str) -> None:
    response = Response(kind, status, info, reference, "2026-11-22 13:33:02.000", PASSWORD)
    assert codec.parse_response(codec.encode(response)) == response


def test_a_telegram_that_others_wrote_is_understood() -> None:
    assert codec.parse_request(BY_HAND) == AlarmRequest(
        PASSWORD,
        "42",
        "SV300",
        "IO980102",
        "FA",
        codec.RESTORE,
        transmitter_time="2002-05-28 11:35:20.022",
        transmitter_area="2",
        section="1",
        section_text="Hall & kök",
        detector="7",
        additional_info="a\nb",
        position="x1234567y1234567",
    )


def test_utf_8_is_taken_where_the_header_says_so() -> None:
    data = codec.encode(replace(ALARM, detector_text="kök")).decode("latin-1").replace("ISO-8859-1", "UTF-8").encode()
    assert codec.parse_request(data) == replace(ALARM, detector_text="kök")


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (codec.encode(ALARM)[44:], Status.XML_HEADER_MISSING_OR_INVALID),
        (codec.encode(ALARM).replace(b"ISO-8859-1", b"UTF-16"), Status.XML_HEADER_MISSING_OR_INVALID),
        (b"", Status.XML_HEADER_MISSING_OR_INVALID),
        (codec.encode(ALARM)[:-1], Status.INVALID_XML),
        (codec.encode(ALARM).replace(b"BA", b"B\x07"), Status.INVALID_XML),
        (codec.encode(ALARM).replace(b"BA", b"&x;"), Status.INVALID_XML),
        (codec.encode(ALARM).replace(b"?>\n", b'?><!DOCTYPE a [<!ENTITY x "BA">]>'), Status.INVALID_XML),
        (codec.encode(ALARM).replace(b"BA", b"B" * 26), Status.WRONG_CONTENT),
        (codec.encode(ALARM).replace(b"BA", b"B\x80"), Status.WRONG_CONTENT),
        (codec.encode(ALARM).replace(b">AL<", b">XX<"), Status.WRONG_CONTENT),
        (codec.encode(ALARM).replace(b"BA", b"BA</eventcode><eventcode>FA"), Status.WRONG_CONTENT),
        (codec.encode(ALARM).replace(b"alarmrequest", b"alarmresponse"), Status.WRONG_CONTENT),
        (codec.encode(ALARM).replace(b"</alarmrequest>", b"<a/><b/>" * 99 + b"</alarmrequest>"), Status.WRONG_CONTENT),
        (codec.encode(ALARM).replace(b"<eventcode>BA</eventcode>", b""), Status.MANDATORY_DATA_MISSING),
        (codec.encode(ALARM).replace(b"BA", b""), Status.MANDATORY_DATA_MISSING),
        (codec.encode(ALARM) + b" " * codec.CHARACTERS_MAX, Status.INVALID_LENGTH),
    ],
)
def test_what_is_wrong_gets_its_status(data: bytes, status: Status) -> None:
    assert status_of(data) == status


def test_what_is_wrong_is_told_with_kind_and_reference() -> None:
    with pytest.raises(BadTelegram) as bad:
        codec.parse_request(codec.encode(PING).replace(PASSWORD.encode(), b"short"))
    assert (bad.value.kind, bad.value.reference) == (codec.PING_KIND, "r1")
    assert "short" not in str(bad.value)


@pytest.mark.parametrize("wrong", [{"section": "123456"}, {"receiver": ""}, {"detector_text": "ž"}])
def test_what_has_no_room_is_not_written(wrong: dict[str, str]) -> None:
    with pytest.raises(BadTelegram):
        codec.encode(replace(ALARM, **wrong))


def test_a_text_is_made_to_fit() -> None:
    assert codec.fit("Łódź ☃ kök\x07 och mer", 10) == "?ód? ? kök"


@given(st.binary(max_size=200) | st.binary(max_size=200).map(lambda tail: codec.HEADER.encode() + tail))
def test_nothing_but_a_bad_telegram_comes_of_any_bytes(data: bytes) -> None:
    statuses = []
    for parse in (codec.parse_request, codec.parse_response):
        try:
            parse(data)
        except BadTelegram as bad:
            statuses.append(bad.status)
    assert set(statuses) <= set(codec.STATUS)


@given(st.lists(requests(), min_size=1, max_size=4), st.lists(st.integers(1, 60), min_size=1, max_size=6))
def test_a_stream_is_cut_into_its_telegrams_however_it_comes(telegrams: list[Request], sizes: list[int]) -> None:
    stream, splitter, found, at, turn = b"\r\n".join(map(codec.encode, telegrams)), Splitter(), list[bytes](), 0, 0
    while at < len(stream):
        size = sizes[turn % len(sizes)]
        found += splitter.feed(stream[at : at + size])
        at, turn = at + size, turn + 1
    assert [codec.parse_request(each) for each in found] == telegrams
    assert splitter.held == 0
    assert not splitter.broken


@pytest.mark.parametrize("data", [b"GET / HTTP/1.1\r\n", b"\x00", b"<" * 1_000, b"<?xml " + b" " * 1_000])
def test_a_stream_that_is_none_of_ours_is_broken_at_once(data: bytes) -> None:
    splitter = Splitter()
    (piece,) = splitter.feed(data)
    assert splitter.broken
    assert status_of(piece) == Status.XML_HEADER_MISSING_OR_INVALID
    assert splitter.feed(codec.encode(ALARM)) == []


def test_a_telegram_that_never_ends_is_refused_and_not_held() -> None:
    splitter, found = Splitter(), list[bytes]()
    for piece in (codec.encode(ALARM)[:60], *[b"x" * 5_000] * 30):
        found += splitter.feed(piece)
        assert splitter.held <= codec.CHARACTERS_MAX
    assert splitter.broken
    assert [status_of(each) for each in found] == [Status.INVALID_LENGTH]


def test_a_telegram_that_is_too_long_in_one_piece_is_refused() -> None:
    splitter = Splitter()
    (piece,) = splitter.feed(codec.encode(ALARM).replace(b"BA", b"B" * codec.CHARACTERS_MAX))
    assert status_of(piece) == Status.INVALID_LENGTH
    assert splitter.broken


@example(b"<a>" * 400)
@given(st.binary(max_size=3_000))
def test_any_stream_is_held_within_bounds(data: bytes) -> None:
    splitter = Splitter(1_500)
    for at in range(0, len(data), 100):
        assert all(len(each) <= 1_501 for each in splitter.feed(data[at : at + 100]))
        assert splitter.held <= 1_600


def test_renewing_a_password_is_a_request_and_a_response() -> None:
    request = NewAuthenticationRequest(PASSWORD, "SV300", "IO980102")
    assert b"<requestnewauthentication>" in codec.encode(request)
    assert codec.kind_of(request) == codec.NEW_AUTHENTICATION_KIND
    answer = codec.encode(Response(codec.kind_of(request), Status.OK, "OK", new_authentication=PASSWORD[::-1]))
    assert answer.endswith(b"<newauthentication>onmlkjihgfedcba</newauthentication></requestnewauthenticationresponse>")
