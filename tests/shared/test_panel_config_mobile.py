"""What the configuration says of the mobile path: access point, the SIM card's PIN and the centre's number."""

from config_examples import largest, refusal, small
from hemlarm_firmware.panel import config, config_edit
from hemlarm_protocol import cbor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def checked(**fields: "Any") -> "Any":
    """The configuration with these fields, after the check."""
    return config.check(dict(small(), **fields))


def test_access_points_pins_and_numbers_as_operators_give_them_are_accepted() -> None:
    for field, values in (
        ("apn", ("", "internet", "online.telia.se", "data.tre.se", "m2m-4G.Operator.net", "a" * 63)),
        ("sim_pin", ("", "0000", "1234", "12345678")),
        ("sms_to", ("", "+46701234567", "+1234567", "+123456789012345")),
    ):
        for value in values:
            assert checked(**{field: value})[field] == value


def test_what_could_end_the_quotes_of_a_modem_command_is_refused() -> None:
    wrong: Any
    for code in range(0x100):
        letter = chr(code)
        if letter in "-." or (code < 0x80 and (letter.isalpha() or letter.isdigit())):
            assert checked(apn="x" + letter)["apn"] == "x" + letter
        else:
            assert refusal(apn="x" + letter).startswith("apn: "), code
    assert refusal(apn='x"') == "apn: 'x\"' is wrong; it may have letters, digits, - and ."
    for wrong in ("a" * 64, 5, None, b"internet"):
        assert refusal(apn=wrong).endswith("is wrong; it must be a text of up to 63 Latin-1 characters"), wrong


def test_a_number_for_sms_has_a_plus_and_seven_to_fifteen_digits() -> None:
    wrong: Any
    remedy = "is wrong; it must be a + and 7 to 15 digits, as +46701234567, or empty"
    for wrong in ("46701234567", "+123456", "+", "+46 70 123", "+4670123456x", "++4670123456", '+46701"3456'):
        assert refusal(sms_to=wrong) == f"sms_to: {wrong!r} {remedy}", wrong
    for wrong in ("+1234567890123456", 46701234567, None):
        assert refusal(sms_to=wrong).endswith("is wrong; it must be a text of up to 16 Latin-1 characters"), wrong


def test_a_wrong_pin_is_refused_and_no_message_repeats_it() -> None:
    wrong: Any
    for wrong in ("123", "123456789", "12a4", "12 4", "\uff11234", 1234, None, True, b"1234", ["1234"]):
        assert refusal(sim_pin=wrong) == "sim_pin: must be 4 to 8 digits, or empty", wrong


def test_the_pin_is_never_told_and_what_is_not_named_keeps_it() -> None:
    value: Any = dict(largest(), sim_pin="48151623")
    redacted = config_edit.redact(value)
    encoded = cbor.encode(redacted)
    assert b"48151623" not in encoded and b"sim_pin" not in encoded
    assert redacted["apn"] == value["apn"] and redacted["sms_to"] == value["sms_to"]
    changed = config_edit.apply(value, [["panel", 0, {"apn": "internet"}]])
    assert (changed["apn"], changed["sim_pin"]) == ("internet", "48151623")
    changed = config_edit.apply(value, [["panel", 0, {"sim_pin": None}]])
    assert config.check(dict(small(), sim_pin=changed.get("sim_pin", "")))["sim_pin"] == ""


def test_another_pin_is_the_same_configuration_for_the_cloud() -> None:
    before: Any = dict(small(), sim_pin="1111")
    after: Any = dict(small(), sim_pin="2222")
    assert config_edit.digest(config_edit.redact(before)) == config_edit.digest(config_edit.redact(after))
