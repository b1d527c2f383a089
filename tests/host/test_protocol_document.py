"""What `docs/protocol.md` claims: its CDDL, byte-by-byte examples, tables and bounds are those of the code."""

import importlib
import re
from pathlib import Path
from typing import Any

import pytest
from cddl_verifier import Validator  # type: ignore[import-untyped]
from hypothesis import given, settings

from hemlarm_protocol import cbor, crypto, household, keys, message_names, messages, sealing, upkeep
from hemlarm_protocol.keys import DOWN, HELLO, JOURNAL, KNOCK, SESSION, SMS, UP, WELCOME
from message_examples import LARGEST, SMALLEST, TOO_MUCH, home, items_of, with_field
from protocol_examples import PANEL, ROOT_KEY, SALT, Example, examples
from protocol_strategies import MESSAGES

DOCUMENT = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text()
EXAMPLES = examples()

ROOTS = {
    (JOURNAL, UP): "journal-up",
    (HELLO, UP): "hello-up",
    (WELCOME, DOWN): "welcome-down",
    (KNOCK, DOWN): "knock-down",
    (SESSION, UP): "session-up",
    (SESSION, DOWN): "session-down",
    (SMS, DOWN): "sms-down",
}


def blocks(language: str) -> dict[str, str]:
    """Return the text of each fenced block of a language, by the rest of its first line."""
    return dict(re.findall(rf"^```{language} ?([^\n]*)\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL))


def hex_of(block: str) -> bytes:
    """Return the bytes in the first column of a commented block."""
    return bytes.fromhex("".join(line.split("  ")[0] for line in block.splitlines()))


def table(*titles: str) -> list[list[str]]:
    """Return the rows of the table with these titles, without the marks of code."""
    start = DOCUMENT.index("| " + " | ".join(titles) + " |\n")
    rows: list[list[str]] = []
    for line in DOCUMENT[start:].splitlines()[2:]:
        if not line.startswith("|"):
            return rows
        rows.append([cell.strip().strip("`") for cell in line.strip("|").split("|")])
    return rows


CDDL = blocks("cddl")[""]
VALIDATOR = Validator(CDDL)


def fits(items: Any, root: str) -> bool:
    """Tell whether a value is what the document's CDDL calls `root`."""
    data = items if isinstance(items, bytes) else cbor.encode(items)
    return bool(VALIDATOR.validate(data, root_type=root).valid)


# The examples.


def place_of(example: Example) -> tuple[int, int]:
    """Return the purpose and direction of the key that seals an example."""
    return example.key.purpose, DOWN if example.key.purpose == SMS else home(example.message)[1]


def test_the_document_shows_every_kind_of_message_once() -> None:
    assert {type(example.message) for example in EXAMPLES.values()} == {type(message) for message in SMALLEST}
    shown = [f"{name} {part}" for name in EXAMPLES for part in ("plaintext", "frame")]
    assert list(blocks("hex")) == shown


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_what_the_code_makes(name: str) -> None:
    assert hex_of(blocks("hex")[name + " plaintext"]) == EXAMPLES[name].plaintext
    assert hex_of(blocks("hex")[name + " frame"]) == EXAMPLES[name].frame


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_opens_to_the_message_it_shows(name: str) -> None:
    example = EXAMPLES[name]
    kid, sealed = sealing.split_frame(hex_of(blocks("hex")[name + " frame"]))
    counted = example.key.purpose in (JOURNAL, SESSION)
    padded = sealing.open_numbered(example.key, sealed)[1] if counted else sealing.open_random(example.key, sealed)
    assert kid == example.key.kid
    assert items_of(messages.decode(padded, *place_of(example))) == items_of(example.message)


def test_the_table_of_keys_is_what_the_derivation_gives() -> None:
    named = {"journal": "event", "session, up": "heartbeat", "session, down": "command", "sms": "sms-acknowledgement"}
    rows = table("key", "key id", "key", "base nonce", "external")
    assert [row[0] for row in rows] == ["journal", "hello", "welcome", "knock", "sms", "session, up", "session, down"]
    for name, *shown in rows:
        key = EXAMPLES[named.get(name, name)].key
        assert shown == [key.kid.hex(), key.key.hex(), key.base.hex(), key.external.hex()]
    for fixed in (PANEL, ROOT_KEY, SALT):
        assert f"`{fixed.hex()}`" in DOCUMENT


def test_the_derivation_in_words_gives_the_journal_key() -> None:
    external = cbor.encode([1, PANEL, 0, 1, 0])
    derived = crypto.hkdf(ROOT_KEY, SALT, cbor.encode(["hemlarm", external]), 49)
    key = EXAMPLES["event"].key
    assert derived == key.key + key.base + key.kid
    assert fits(external, "external")
    assert fits(["hemlarm", external], "key-info")
    assert fits(["Encrypt0", cbor.encode({1: 31}), external], "associated")


# The CDDL.


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_what_the_cddl_says_in_its_place_and_nowhere_else(name: str) -> None:
    example: Example = EXAMPLES[name]
    for place, root in ROOTS.items():
        by_sms = place[0] == SMS and isinstance(example.message, messages.Acknowledgement)
        assert fits(example.plaintext, root) is (place == home(example.message) or by_sms)
    assert fits(example.frame[4:], "sealed")


@pytest.mark.parametrize("message", SMALLEST + LARGEST, ids=lambda message: type(message).__name__)
def test_both_ends_of_every_range_are_in_the_cddl_and_a_step_beyond_is_not(message: Any) -> None:
    root = ROOTS[home(message)]
    items = items_of(message)
    assert fits(items, root)
    assert not fits([*items, 0], root)
    assert not fits(items[:-1], root)
    beyond = next(
        fields for smallest, fields in zip(SMALLEST, TOO_MUCH, strict=True) if type(smallest) is type(message)
    )
    for index, field in enumerate(beyond):
        if field != messages.U64 + 1:  # Not encodable at all.
            assert not fits(items_of(with_field(message, index, field)), root), (index, field)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(MESSAGES)
def test_whatever_the_code_sends_is_what_the_cddl_says(message: Any) -> None:
    assert fits(messages.encode(message), ROOTS[home(message)])


@pytest.mark.parametrize("other", [b"", True, -1, "text", {}, None, []])
def test_a_field_of_another_type_is_not_in_the_cddl(other: Any) -> None:
    for message in LARGEST:
        for index in range(len(message)):
            if other is None and message._fields[index] in ("time", "taken"):
                continue
            assert not fits(items_of(with_field(message, index, other)), ROOTS[home(message)]), (message, index)


def test_other_headers_and_algorithms_are_not_in_the_cddl() -> None:
    protected, unprotected, ciphertext = b"\xa1\x01\x18\x1f", {6: bytes(4)}, bytes(49)
    assert fits([protected, unprotected, ciphertext], "sealed")
    for wrong in (b"\xa1\x01\x18\x1e", b"\xa0", b""):
        assert not fits([wrong, unprotected, ciphertext], "sealed")
    for header in ({}, {6: bytes(5)}, {5: bytes(12)}, {5: bytes(13), 6: bytes(4)}):
        assert not fits([protected, header, ciphertext], "sealed")


# The tables.


def numbered(titles: tuple[str, str]) -> dict[int, str]:
    return {int(row[0]): row[1] for row in table(*titles)}


def test_the_tables_of_verbs_statuses_and_causes_are_the_codes() -> None:
    assert {int(row[0]): row[1] for row in table("verb", "command", "its argument")} == message_names.VERBS
    assert numbered(("status", "result")) == message_names.STATUSES
    assert numbered(("cause", "void because")) == message_names.VOID_CAUSES
    assert numbered(("started by", "cause")) == message_names.RESTART_CAUSES
    assert numbered(("mains", "state")) == message_names.MAINS
    assert numbered(("path", "way")) == message_names.PATHS
    assert numbered(("registration", "the modem is")) == message_names.REGISTRATIONS
    assert {number: name.replace("none", "") for number, name in numbered(("technology", "radio")).items()} == (
        message_names.TECHNOLOGIES
    )
    assert numbered(("bit", "power flag")) == message_names.POWER_FLAGS
    assert numbered(("update", "state")) == message_names.UPDATE_STATES
    reasons = numbered(("reason", "an update was refused or rolled back because"))
    assert {number: reasons[number] if number else "" for number in reasons} == message_names.UPDATE_REASONS
    assert {int(row[0]): row[1] for row in table("kind", "reading", "its number", "its value")} == (
        message_names.READING_KINDS
    )
    hung = numbered(("task", "what hung before a start by the watchdog"))
    assert {number: hung[number] if number else "" for number in hung} == message_names.TASKS


def test_every_bound_is_the_codes() -> None:
    rows = table("bound", "value", "in the code")
    for _, value, where in rows:
        module, name = where.split(".")
        assert int(value) == getattr(importlib.import_module("hemlarm_protocol." + module), name), where
    assert len(rows) == 30


def test_the_size_classes_hold_what_the_document_says() -> None:
    rows = table("sealed message", "plaintext, with a number", "plaintext, with random bytes", "used by")
    assert [int(row[0]) for row in rows] == list(sealing.SIZES)
    journal, hello = EXAMPLES["event"].key, EXAMPLES["hello"].key
    for size, with_number, with_nonce, _ in rows:
        assert len(sealing.seal_numbered(journal, 1, bytes(int(with_number)))) == int(size)
        assert len(sealing.seal_random(hello, bytes(13), bytes(int(with_nonce)))) == int(size)
        if int(size) < sealing.SIZES[-1]:
            assert len(sealing.seal_numbered(journal, 1, bytes(int(with_number) + 1))) > int(size)
            assert len(sealing.seal_random(hello, bytes(13), bytes(int(with_nonce) + 1))) > int(size)


def test_the_events_byte_budget_adds_up() -> None:
    rows = [(name, largest, int(size)) for name, largest, size in table("item", "largest value", "bytes")]
    fields = [(int(largest), size) for _, largest, size in rows if largest]
    assert [largest for largest, _ in fields] == list(LARGEST[0])
    for largest, size in fields:
        assert len(cbor.encode(largest)) == size
    sizes = [size for *_, size in rows]
    assert sum(sizes[:10]) == sizes[10] == len(messages.encode(LARGEST[0]))
    assert sum(sizes[10:15]) == sizes[15] == len(EXAMPLES["event"].frame) - keys.KID_BYTES


def test_the_table_of_keys_names_what_each_seals() -> None:
    titles = ("key", "purpose", "direction", "salt", "lives for", "nonce", "seals")
    shown = {
        (int(row[1]), ("up", "down").index(row[2])): {word.strip() for word in row[6].split(",")}
        for row in table(*titles)
    }
    spoken = {
        messages.Void: "void range",
        messages.HeartbeatReply: "heartbeat reply",
        messages.ReadConfig: "read-config",
        messages.ConfigPart: "config-part",
        messages.PathHeartbeat: "path-heartbeat",
        messages.PathReport: "path-report",
        household.CodedCommand: "coded-command",
        household.PicturePart: "picture-part",
        household.PictureState: "picture-state",
        upkeep.UpdateOffer: "update-offer",
        upkeep.UpdatePart: "update-part",
        upkeep.UpdateWanted: "update-wanted",
        upkeep.UpdateState: "update-state",
        upkeep.CredentialState: "credential-state",
    }
    assert shown == {
        place: {spoken.get(shape, shape.__name__.lower()) for shape in shapes}
        for place, shapes in messages.ALLOWED.items()
    }


def test_every_link_within_the_page_leads_somewhere() -> None:
    anchors = {
        re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in re.findall("^#+ (.*)$", DOCUMENT, re.M)
    }
    assert set(re.findall(r"\]\(#([^)]*)\)", DOCUMENT)) <= anchors
