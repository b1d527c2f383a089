"""SMS as modems take and give them: worked examples, every status, and whatever else a line may hold."""

from binascii import hexlify

from hemlarm_firmware.modem import pdu
from hemlarm_firmware.modem.pdu import PduError, deliver, status_report, submit
from session_support import Chance
from support import raises

# Written out by hand from 3GPP TS 23.040, section 9.2.2, field by field.
_CENTRE = "07916407058099F9"  # +46705008999
_SENDER = "0B916407281553F8"  # +46708251358
_STAMP = "62112201020340"  # 2026-11-22 10:20:30, an hour ahead.
_RECEIVED = _CENTRE + "04" + _SENDER + "00" + "04" + _STAMP + "05" + "00FF1A1B0D"
_TOLD = _CENTRE + "06" + "2A" + _SENDER + _STAMP + _STAMP


def test_a_submit_to_an_international_number() -> None:
    assert submit("+46708251358", b"\x00\xff\x1a", False) == (17, "001100" + _SENDER + "00040B0300FF1A")


def test_a_submit_to_an_even_number_with_a_report() -> None:
    assert submit("0708251358", b"*", True) == (14, "0031000A81708052318500040B012A")


def test_the_largest_sms_fits() -> None:
    length, text = submit("+" + "1" * 20, bytes(140), True)
    assert length == len(text) // 2 - 1 == 158
    assert text[-282:] == "8C" + "00" * 140


def test_what_cannot_be_texted_is_refused() -> None:
    for number in ("", "+", "1" * 21, "+46 70", "46-70", "abc", "++46", "4\r6"):
        raises(PduError, submit, number, b"x", False)
    for octets in (b"", bytes(141)):
        raises(PduError, submit, "+46", octets, False)


def test_a_received_sms() -> None:
    assert deliver(_RECEIVED) == ("+46708251358", b"\x00\xff\x1a\x1b\r")
    assert deliver(_RECEIVED.lower()) == deliver(_RECEIVED)


def test_a_received_sms_without_a_centre_from_a_national_number() -> None:
    assert deliver("000005812143F50004" + _STAMP + "017F") == ("12345", b"\x7f")


def test_a_name_for_a_sender_is_none() -> None:
    # "Hemlarm": seven septets in seven octets, which is 14 half octets.
    named = "00040ED0C8B2BB2D96DB010004" + _STAMP + "017F"
    assert deliver(named) == ("", b"\x7f")


def test_8_bit_data_is_known_in_every_coding_group() -> None:
    for coding in range(256):
        text = "000402812100" + f"{coding:02X}" + _STAMP + "017F"
        group, alphabet, compressed = coding >> 6, coding >> 2 & 3, coding >> 5 & 1
        if (group < 2 and alphabet == 1 and not compressed) or (coding >> 4 == 15 and coding & 4):
            assert deliver(text) == ("12", b"\x7f")
        else:
            raises(PduError, deliver, text)


def test_140_octets_are_received() -> None:
    octets = bytes(range(140))
    assert deliver("00040281210004" + _STAMP + "8C" + hexlify(octets).decode()) == ("12", octets)


def test_a_length_that_is_not_what_came_is_refused() -> None:
    for length in (0, 4, 6, 141, 255):
        raises(PduError, deliver, _RECEIVED[:-12] + f"{length:02X}" + _RECEIVED[-10:])
    raises(PduError, deliver, _RECEIVED + "00")
    raises(PduError, deliver, "00040281210004" + _STAMP + "8D" + "00" * 141)


def test_a_part_of_a_longer_sms_is_refused() -> None:
    raises(PduError, deliver, _CENTRE + "44" + _RECEIVED[18:])


def test_an_address_that_is_no_number_is_refused() -> None:
    for address in ("05812143A5", "058121435F", "0581214350", "1581" + "11" * 11, "FF81"):
        raises(PduError, deliver, "0004" + address + "0004" + _STAMP + "017F")


def test_every_status() -> None:
    for status in range(256):
        delivered = None if 0x20 <= status < 0x40 else status < 0x20
        assert status_report(_TOLD + f"{status:02X}") == (0x2A, delivered)


def test_a_status_report_may_say_more() -> None:
    assert status_report(_TOLD + "000700040141") == (0x2A, True)


def test_one_kind_is_not_taken_for_another() -> None:
    for text in (_TOLD + "00", submit("+46", b"x", False)[1]):
        raises(PduError, deliver, text)
    for text in (_RECEIVED, submit("+46", b"x", False)[1]):
        raises(PduError, status_report, text)


def test_what_is_cut_short_is_refused() -> None:
    for end in range(len(_RECEIVED)):
        raises(PduError, deliver, _RECEIVED[:end])
    for end in range(len(_TOLD) + 2):
        raises(PduError, status_report, (_TOLD + "00")[:end])


def test_what_is_no_hexadecimal_is_refused() -> None:
    for text in ("", "0", "0g", " " + _RECEIVED, _RECEIVED + " ", "+CMT", "00" * 177):
        raises(PduError, deliver, text)
        raises(PduError, status_report, text)


def test_nothing_else_is_ever_raised() -> None:
    chance = Chance(5)
    refused = 0
    for _ in range(400):
        line = bytearray(hexlify(chance.bytes(40)) if chance.below(2) else _RECEIVED.encode())
        for _ in range(chance.below(4)):
            if line:
                line[chance.below(len(line))] = b"0123456789ABCDEFgG +"[chance.below(20)]
        for decode in (deliver, status_report):
            try:
                decode(line.decode())
            except PduError:
                refused += 1
    assert 400 < refused < 800


def test_what_is_sent_comes_back_through_a_centre() -> None:
    chance = Chance(6)
    for _ in range(50):
        number = "+" + "".join([str(chance.below(10)) for _ in range(1 + chance.below(20))])
        octets = chance(1 + chance.below(pdu.OCTETS_MAX))
        text = submit(number, octets, False)[1]
        # A centre turns SUBMIT into DELIVER: another first octet, no reference, a time for the validity.
        address_end = 6 + 4 + 2 * (len(number) // 2)
        carried = "0004" + text[6:address_end] + "0004" + _STAMP + text[address_end + 6 :]
        assert deliver(carried) == (number, octets)
