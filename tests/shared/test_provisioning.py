"""A new panel and the cloud find one root key; what was changed, replayed or meant for others is refused by both."""

from hemlarm_protocol import cbor, crypto, provisioning, x25519
from hemlarm_protocol.errors import BadMessage
from session_support import Chance
from support import raises

SECRET = bytes(range(32))
CLOUD_KEY = x25519.public_key(SECRET)
FACTS = provisioning.Facts(b"\x01\x02\x03\x04\x05\x06\x07\x08", "desk", 1005, b"serial")
GIVEN = {"host": "alarm.example", "port": 8883, "certificate": b"c" * 2500}


class Meeting:
    """A panel and a cloud that have come as far as the code."""

    def __init__(self, cloud_key: bytes = CLOUD_KEY, seed: int = 1) -> None:
        self.panel = provisioning.NewPanel(Chance(seed), cloud_key, FACTS)
        self.first = self.panel.hello()
        self.facts, self.second, self.shared = provisioning.answer(
            SECRET, Chance(seed + 100), self.first, 1_800_000_000
        )
        self.third = self.panel.root(self.second)


def refused(function: "object", *given: object) -> None:
    raises(BadMessage, function, *given)  # type: ignore[arg-type]


def test_both_end_with_the_same_root_key_code_and_proof_and_the_panel_with_all_it_needs() -> None:
    met = Meeting()
    assert (met.facts.panel, met.facts.board, met.facts.firmware, met.facts.serial) == (
        FACTS.panel,
        "desk",
        1005,
        b"serial",
    )
    assert provisioning.root_key(met.shared, met.third) == met.panel.root_key
    assert len(met.panel.root_key) == 32
    assert met.panel.code == provisioning.code(met.shared)
    assert len(met.panel.code) == 6 and met.panel.code.isdigit()
    assert met.panel.proof == provisioning.proof(met.shared)
    pieces = provisioning.give(met.shared, GIVEN)
    assert len(pieces) == 3
    assert met.panel.credentials(pieces) == GIVEN


def test_nothing_secret_passes_in_clear_and_nothing_is_the_same_twice() -> None:
    one, other = Meeting(seed=1), Meeting(seed=2)
    pieces = provisioning.give(one.shared, GIVEN)
    passed = one.first + one.second + one.third + b"".join(pieces)
    for secret in (FACTS.panel, b"serial", one.panel.root_key, one.shared, one.panel.proof, b"cccc"):
        assert secret not in passed
    assert one.shared != other.shared
    assert one.panel.code != other.panel.code


def test_a_panel_that_trusts_another_key_is_not_understood() -> None:
    stranger = provisioning.NewPanel(Chance(1), x25519.public_key(b"\x55" * 32), FACTS)
    refused(provisioning.answer, SECRET, Chance(2), stranger.hello(), 1)


def test_who_has_not_the_clouds_key_cannot_answer_a_panel() -> None:
    panel = provisioning.NewPanel(Chance(1), CLOUD_KEY, FACTS)
    panel.hello()
    others = provisioning.NewPanel(Chance(2), x25519.public_key(b"\x55" * 32), FACTS)
    _, forged, _ = provisioning.answer(b"\x55" * 32, Chance(3), others.hello(), 1)
    refused(panel.root, forged)


def test_an_answer_to_another_panel_is_refused() -> None:
    panel, other = (provisioning.NewPanel(Chance(seed), CLOUD_KEY, FACTS) for seed in (1, 2))
    panel.hello()
    _, second, _ = provisioning.answer(SECRET, Chance(3), other.hello(), 1)
    refused(panel.root, second)


def test_every_changed_byte_of_a_message_is_refused() -> None:
    met = Meeting()
    pieces = provisioning.give(met.shared, {"port": 8883})
    for place in range(0, len(met.first), 7):
        refused(provisioning.answer, SECRET, Chance(2), flipped(met.first, place), 1)
    for place in range(len(met.third)):
        refused(provisioning.root_key, met.shared, flipped(met.third, place))
    for place in range(len(pieces[0])):
        refused(met.panel.credentials, [flipped(pieces[0], place)])
    for place in range(0, len(met.second), 7):
        panel = provisioning.NewPanel(Chance(1), CLOUD_KEY, FACTS)
        panel.hello()
        refused(panel.root, flipped(met.second, place))


def flipped(message: bytes, place: int) -> bytes:
    return message[:place] + bytes([message[place] ^ 1]) + message[place + 1 :]


def test_pieces_left_out_moved_or_of_another_panel_are_refused() -> None:
    met, other = Meeting(seed=1), Meeting(seed=2)
    pieces = provisioning.give(met.shared, GIVEN)
    assert met.panel.credentials(pieces) == GIVEN
    for wrong in ([], pieces[:1], pieces[:2], pieces[1:], [pieces[1], pieces[0], pieces[2]], pieces + pieces[2:]):
        refused(met.panel.credentials, wrong)
    refused(met.panel.credentials, provisioning.give(other.shared, GIVEN))


def test_a_message_of_one_purpose_is_none_of_another() -> None:
    met = Meeting()
    refused(met.panel.credentials, [met.third])
    refused(provisioning.root_key, met.shared, provisioning.give(met.shared, {})[0])


def test_what_a_panel_tells_of_itself_is_checked() -> None:
    for facts in (
        (b"\x01" * 7, "desk", 1005, b""),
        (b"\x01" * 8, "", 1005, b""),
        (b"\x01" * 8, "d" * 17, 1005, b""),
        (b"\x01" * 8, "de sk", 1005, b""),
        (b"\x01" * 8, "desk", 0x10000, b""),
        (b"\x01" * 8, "desk", 1005, b"s" * 33),
    ):
        panel = provisioning.NewPanel(Chance(1), CLOUD_KEY, provisioning.Facts(*facts))
        refused(provisioning.answer, SECRET, Chance(2), panel.hello(), 1)


def test_what_is_no_message_is_refused() -> None:
    for wrong in (
        b"",
        b"\xa0",
        cbor.encode([1, b""]),
        cbor.encode([b""]),
        cbor.encode([bytes(32), bytes(32)]),
        bytes(300),
    ):
        refused(provisioning.answer, SECRET, Chance(2), wrong, 1)


def test_a_key_of_small_order_is_refused_by_both() -> None:
    nothing = cbor.encode([bytes(32), bytes(crypto.TAG_BYTES)])
    refused(provisioning.answer, SECRET, Chance(2), nothing, 1)
    panel = provisioning.NewPanel(Chance(1), CLOUD_KEY, FACTS)
    panel.hello()
    refused(panel.root, nothing)


def test_more_than_a_panel_can_take_is_not_sealed() -> None:
    raises(ValueError, provisioning.give, Meeting().shared, {"config": bytes(64 * 1024)})
