"""Messages: every field to its limit and not beyond, in one form, under the keys it belongs to and no others."""

from hemlarm_protocol import cbor, household, messages, sealing
from hemlarm_protocol.errors import BadMessage
from hemlarm_protocol.keys import DOWN, HELLO, JOURNAL, KNOCK, SESSION, SMS, UP, WELCOME
from message_examples import LARGEST, SMALLEST, TOO_MUCH, U16, U32, U64, home, items_of, plain, with_field
from support import raises


def test_every_message_goes_both_ways_at_both_ends_of_its_ranges() -> None:
    for message in SMALLEST + LARGEST:
        encoded = messages.encode(message)
        for padding in (0, 1, 40):
            decoded = messages.decode(encoded + bytes(padding), *home(message))
            assert type(decoded) is type(message)
            assert plain(decoded) == plain(message)
            assert messages.encode(decoded) == encoded


def test_every_field_beyond_its_range_is_refused_both_ways() -> None:
    for message, fields in zip(SMALLEST, TOO_MUCH):
        assert len(message) == len(fields)
        for index, field in enumerate(fields):
            wrong = with_field(message, index, field)
            raises(ValueError, messages.encode, wrong)
            if field != U64 + 1:
                raises(BadMessage, messages.decode, cbor.encode(items_of(wrong)), *home(message))


def test_every_field_of_another_type_is_refused_both_ways() -> None:
    for message in LARGEST:
        for index, field in enumerate(message):
            others: list[cbor.Value] = [-1, True, "text", [], {}, b"", None]
            for other in others:
                optional = field == U32 and isinstance(message, (messages.Event, messages.Hello, household.PicturePart))
                if other is None and optional:
                    continue
                wrong = with_field(message, index, other)
                raises(ValueError, messages.encode, wrong)
                raises(BadMessage, messages.decode, cbor.encode(items_of(wrong)), *home(message))


def test_the_time_alone_may_be_unknown() -> None:
    for message in SMALLEST:
        for index in range(len(message)):
            wrong = with_field(message, index, None)
            if message[index] is None:
                messages.encode(wrong)
            else:
                raises(ValueError, messages.encode, wrong)


def test_more_or_fewer_items_are_refused() -> None:
    for message in SMALLEST:
        items = items_of(message)
        raises(BadMessage, messages.decode, cbor.encode(items[:-1]), *home(message))
        items.append(0)
        raises(BadMessage, messages.decode, cbor.encode(items), *home(message))


def test_a_message_is_refused_under_every_key_but_its_own() -> None:
    places = [(purpose, way) for purpose, way in messages.ALLOWED]
    assert sorted(places) == sorted(
        [(JOURNAL, UP), (HELLO, UP), (WELCOME, DOWN), (KNOCK, DOWN), (SESSION, UP), (SESSION, DOWN), (SMS, DOWN)]
    )
    for message in SMALLEST:
        encoded = messages.encode(message)
        for place in places:
            if place == home(message) or (place[0] == SMS and isinstance(message, messages.Acknowledgement)):
                messages.decode(encoded, *place)
            else:
                raises(BadMessage, messages.decode, encoded, *place)


def test_every_message_has_one_home_and_an_acknowledgement_also_the_sms() -> None:
    shapes = [shape for place, allowed in messages.ALLOWED.items() for shape in allowed if place[0] != SMS]
    assert messages.ALLOWED[SMS, DOWN] == (messages.Acknowledgement,)
    assert len(shapes) == len(set(shapes)) == len(messages.ITEMS) + 1 == len(SMALLEST)


def test_what_is_not_a_message_is_refused() -> None:
    wrong: list[cbor.Value] = [0, b"", "x", [], {}, {0: 1}, [True, 1, 1, 0], [b"", 1], [None], [-1, 0, 0, 0]]
    wrong += [["0", 1, 1, 0], [[0], 1]]
    for value in wrong:
        raises(BadMessage, messages.decode, cbor.encode(value), JOURNAL, UP)
    for kind in (22, 23, 24, 999, -1000):
        raises(BadMessage, messages.decode, cbor.encode([kind]), SESSION, DOWN)
    raises(BadMessage, messages.decode, b"", JOURNAL, UP)


def test_padding_of_anything_but_zeros_is_refused() -> None:
    encoded = messages.encode(messages.Void(1, 2, 0))
    for at in range(20):
        padding = bytearray(20)
        padding[at] = 1
        raises(BadMessage, messages.decode, encoded + bytes(padding), JOURNAL, UP)


def test_an_event_of_any_kind_is_sealed_in_64_bytes() -> None:
    assert len(messages.encode(LARGEST[0])) == 33
    for message in (SMALLEST[0], LARGEST[0], SMALLEST[1], LARGEST[1]):
        assert size_class(message) == 64


def size_class(message: "messages.Message", header: int = 13) -> int:
    """Return the size of the sealed message."""
    item = len(messages.encode(message))
    return next(size for size in sealing.SIZES if item <= size - header - (2 if size <= 256 else 3) - 16)


def test_every_message_fits_the_size_class_that_the_document_gives() -> None:
    sizes = [size_class(message, 22 if home(message)[0] in (HELLO, WELCOME, KNOCK) else 13) for message in LARGEST]
    assert sizes[:19] == [64, 64, 256, 128, 64, 64, 256, 64, 64, 64, 64, 1024, 64, 1024, 256, 128, 64, 128, 64]
    assert sizes[19:23] == [64, 512, 1024, 64]
    assert sizes[23:] == [128, 1024, 64, 64, 128, 128, 1024, 64]
    assert size_class(messages.Acknowledgement(bytes(4), (U32, bytes(8)))) == 64
    by_sms = messages.Acknowledgement(bytes(4), (U32, bytes(8)) * messages.SMS_ACKS_MAX)
    assert size_class(by_sms, 22) == 128
    two = messages.Hello(U32, bytes(16), U64, U32, U32, U16, U32, (bytes(16),) * 2)
    assert size_class(two, 22) == 128


def test_a_range_that_ends_before_it_starts_is_refused() -> None:
    raises(ValueError, messages.encode, messages.Void(2, 1, 0))
    raises(BadMessage, messages.decode, cbor.encode([0, 2, 1, 0]), JOURNAL, UP)
    raises(ValueError, messages.encode, messages.Resend(bytes(4), 2, 1))
    raises(BadMessage, messages.decode, cbor.encode([8, bytes(4), 2, 1]), SESSION, DOWN)


def test_acknowledgements_come_in_pairs() -> None:
    tag = bytes(8)
    wrong: list[list[int | bytes]] = [[], [1], [1, tag, 2], [tag, 1], [1, bytes(7)], [1, bytes(9)], [1, 1]]
    wrong += [[True, tag], [-1, tag]]
    for acks in wrong:
        raises(ValueError, messages.encode, messages.Acknowledgement(bytes(4), acks))
        raises(BadMessage, messages.decode, cbor.encode([5, bytes(4), acks]), SESSION, DOWN)


def test_readings_come_in_groups_of_kind_number_and_value() -> None:
    for items in ([], [1], [1, 2], [1, 2, 3, 4], [24, 0, 0], [1, 1000, 0], [1, 2, U16 + 1], [1, 2, True], [1, 2, None]):
        raises(ValueError, messages.encode, household.Readings(items))
        raises(BadMessage, messages.decode, cbor.encode([19, items]), SESSION, UP)


def test_a_code_has_four_to_six_digits() -> None:
    for length in range(9):
        coded = household.CodedCommand(bytes(8), 1, 1, 0, 0, b"1" * length)
        if 4 <= length <= 6:
            assert plain(messages.decode(messages.encode(coded), SESSION, DOWN)) == plain(coded)
        else:
            raises(ValueError, messages.encode, coded)
            raises(BadMessage, messages.decode, cbor.encode(items_of(coded)), SESSION, DOWN)


def test_a_hello_names_one_to_three_salts_of_16_bytes() -> None:
    wrong: list[list[int | bytes]] = [[], [bytes(15)], [bytes(17)], [0], [bytes(16)] * 4]
    for salts in wrong:
        raises(ValueError, messages.encode, with_field(SMALLEST[2], 7, salts))
        raises(BadMessage, messages.decode, cbor.encode([1, 0, bytes(16), 0, None, 0, 0, 0, salts]), HELLO, UP)


def test_the_reason_of_a_refusal_is_utf_8_in_one_form() -> None:
    for text in (b"\xff", b"a\x80", b"\xc3", b"\xc1\x81", b"\xe0\x80\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"):
        raises(ValueError, messages.encode, messages.Refusal(bytes(8), text))
        raises(BadMessage, messages.decode, cbor.encode([13, bytes(8), text]), SESSION, UP)


def test_an_error_names_the_field_and_never_its_content() -> None:
    error = str(raises(ValueError, messages.encode, messages.Result(b"secret!!", 0, 1 << 16)))
    assert "item 3" in error
    assert "secret" not in error
