"""The simulated network's short messages against another implementation of 3GPP TS 23.040 and 23.038."""

import gsmmodem.pdu as other  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemlarm_simulator.clock import WORLD_BEGAN_UNIX_MS
from hemlarm_simulator.modem.alphabet import from_septets, pack, to_septets, unpack
from hemlarm_simulator.modem.tpdu import (
    DATA_UCS2,
    TpduError,
    decode_submit,
    encode_deliver,
    encode_status_report,
    service_centre,
    text_message,
)

# The other side writes the euro sign and the form feed of the extension table differently.
LETTERS = "".join(from_septets([code]) for code in range(128) if code != 0x1B) + "^{}\\[~]|€"


@given(st.text(LETTERS, max_size=80))
def test_texts_survive_packing(text: str) -> None:
    septets = to_septets(text)
    assert from_septets(unpack(pack(septets), len(septets))) == text


@given(st.text("abc ABC 123 åäö@£", min_size=1, max_size=160))
def test_another_implementations_submits_are_read(text: str) -> None:
    pdu = other.encodeSmsSubmitPdu("+46701111111", text, reference=7, requestStatusReport=True)[0]
    submit = decode_submit(bytes(pdu.data)[1:], "+46700000001")
    assert submit.message.receiver == "+46701111111"
    assert submit.message.text() == text
    assert submit.report
    assert submit.reference == 7


def test_another_implementations_wide_letters_are_read() -> None:
    pdu = other.encodeSmsSubmitPdu("12345", "Привет", requestStatusReport=False)[0]
    submit = decode_submit(bytes(pdu.data)[1:], "+46700000001")
    assert submit.message.dcs == DATA_UCS2
    assert submit.message.text() == "Привет"
    assert submit.message.receiver == "12345"
    assert not submit.report


@given(st.text("abc ABC 123 åäö@£", max_size=160))
def test_our_deliveries_are_read_by_another_implementation(text: str) -> None:
    tpdu = encode_deliver(text_message("+46701111111", "+46700000001", text), WORLD_BEGAN_UNIX_MS)
    read = other.decodeSmsPdu((service_centre("+46705008999") + tpdu).hex())
    assert (read["type"], read["number"], read["text"]) == ("SMS-DELIVER", "+46701111111", text)
    assert read["smsc"] == "+46705008999"
    assert read["time"].isoformat() == "2027-01-01T00:00:00+00:00"


def test_our_status_reports_are_read_by_another_implementation() -> None:
    tpdu = encode_status_report(200, "+46701111111", WORLD_BEGAN_UNIX_MS, WORLD_BEGAN_UNIX_MS + 61_000, 0x46)
    read = other.decodeSmsPdu((b"\0" + tpdu).hex())
    assert (read["type"], read["reference"], read["status"]) == ("SMS-STATUS-REPORT", 200, 0x46)
    assert read["discharge"].isoformat() == "2027-01-01T00:01:01+00:00"


@given(st.binary(max_size=60))
def test_any_octets_are_a_submit_or_refused(octets: bytes) -> None:
    try:
        submit = decode_submit(octets, "+46700000001")
    except TpduError:
        return
    submit.message.text()
    encode_deliver(submit.message, WORLD_BEGAN_UNIX_MS)


def test_a_text_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 160 letters, not 162"):
        text_message("+1", "+2", "€" * 81)
