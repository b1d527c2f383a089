"""The firmware's SMS against independent codecs: python-gsmmodem's, where it is installed."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemlarm_firmware.modem import pdu

gsmmodem = pytest.importorskip("gsmmodem.pdu")

NUMBERS = st.from_regex(r"\+?[0-9]{1,20}", fullmatch=True)
OCTETS = st.binary(min_size=1, max_size=pdu.OCTETS_MAX)


@given(NUMBERS, OCTETS, st.booleans())
def test_what_we_send_is_read_alike(number: str, octets: bytes, report: bool) -> None:
    length, text = pdu.submit(number, octets, report)
    read = gsmmodem.decodeSmsPdu(text)
    assert read["type"] == "SMS-SUBMIT"
    assert read["number"] == number
    assert read["text"].encode("latin-1") == octets
    assert read["validity"] == timedelta(hours=1)
    assert read["tpdu_length"] == length
    assert bool(int(text[2:4], 16) & 0x20) == report


@given(st.from_regex(r"\+[0-9]{1,20}", fullmatch=True))
def test_a_text_that_others_send_is_no_data_of_ours(number: str) -> None:
    (encoded,) = gsmmodem.encodeSmsSubmitPdu(number, "Hej", requestStatusReport=False)
    text = str(encoded)
    # A centre turns SUBMIT into DELIVER: another first octet, no reference, and a time behind the coding.
    end = 6 + 4 + 2 * (len(number) // 2)
    carried = "0004" + text[6:end] + text[end : end + 4] + "62112201020340" + text[end + 4 :]
    assert gsmmodem.decodeSmsPdu(carried)["text"] == "Hej"
    with pytest.raises(pdu.PduError):
        pdu.deliver(carried)


RECEIVED = "07916407058099F9040B916407281553F80004621122010203400500FF1A1B0D"


@given(st.lists(st.tuples(st.integers(0, len(RECEIVED) - 1), st.sampled_from("0123456789abcdefABCDEF")), max_size=4))
def test_whatever_comes_is_read_alike_or_refused(changes: list[tuple[int, str]]) -> None:
    digits = list(RECEIVED)
    for place, digit in changes:
        digits[place] = digit
    try:
        sender, octets = pdu.deliver("".join(digits))
    except pdu.PduError:
        return
    assert "".join(digits).lower().endswith(octets.hex())
    assert sender.lstrip("+").isdigit() or not sender
    try:
        read = gsmmodem.decodeSmsPdu("".join(digits))
    except (ValueError, gsmmodem.EncodingError, StopIteration):
        return  # A date that there is not, which does not matter to us.
    if sender:
        assert read["number"].lstrip("+") == sender.lstrip("+")


@given(NUMBERS, OCTETS, st.integers(0, 255), st.integers(0, 255))
def test_what_a_centre_says_is_read_alike(number: str, octets: bytes, reference: int, status: int) -> None:
    when = datetime(2026, 11, 22, 10, 20, 30, tzinfo=gsmmodem.SmsPduTzInfo("+04"))
    stamp = "".join(f"{octet:02X}" for octet in gsmmodem._encodeTimestamp(when))
    # The address as the other codec writes it.
    address = "".join(f"{octet:02X}" for octet in gsmmodem._encodeAddressField(number))
    carried = f"0004{address}0004{stamp}{len(octets):02X}{octets.hex()}"
    assert gsmmodem.decodeSmsPdu(carried)["number"] == number
    assert pdu.deliver(carried) == (number, octets)
    told = f"0006{reference:02X}{address}{stamp}{stamp}{status:02X}"
    assert gsmmodem.decodeSmsPdu(told)["reference"] == reference
    delivered = pdu.status_report(told)
    assert delivered == (reference, None if 0x20 <= status < 0x40 else status < 0x20)
