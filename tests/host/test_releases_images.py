"""Which firmware images the cloud takes: whole, signed by a key it trusts, and never by a one-time key used before."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemlarm_cloud.errors import ConflictError, InvalidError, RefusedError
from hemlarm_cloud.sites import audit
from hemlarm_cloud.store import Store
from hemlarm_cloud.updates import images, signatures
from hemlarm_protocol import bundle
from images import OTHER_KEY, TEST_KEY, signed_image
from registered_site import OPERATOR, SUPERVISOR

NOW_MS = 1_800_000_000_000
IMAGE = signed_image(1_006)


def add(store: Store, image: bytes) -> int:
    with store.begin() as tx:
        return int(images.add(tx, SUPERVISOR, image, [OTHER_KEY.public, TEST_KEY.public], NOW_MS).id)


def count(store: Store) -> int:
    with store.read() as reading:
        return len(images.images(reading))


def test_a_signed_image_is_kept_as_it_is_and_logged(store: Store) -> None:
    made = add(store, IMAGE)
    with store.read() as reading:
        (row,) = images.images(reading)
        (entry,) = audit.entries(reading, SUPERVISOR)
        assert images.content(reading, made) == IMAGE
    assert (row.version, row.board, row.floor, row.size) == (1_006, "simulated", 1_000, len(IMAGE))
    assert bytes(row.digest) == bundle.digest(bundle.parse(IMAGE).head_bytes)
    assert entry["detail"]["digest"] == bytes(row.digest).hex()


def test_the_same_image_twice_is_there_once(store: Store) -> None:
    assert add(store, IMAGE) == add(store, IMAGE)
    assert count(store) == 1


def test_an_image_of_an_unknown_signer_is_refused(store: Store) -> None:
    with store.begin() as tx, pytest.raises(InvalidError, match="not trusted here"):
        images.add(tx, SUPERVISOR, IMAGE, [OTHER_KEY.public], NOW_MS)


def test_an_image_that_is_not_signed_is_refused_with_what_to_do(store: Store) -> None:
    parsed = bundle.parse(IMAGE)
    with pytest.raises(InvalidError, match="hemlarm update sign"):
        add(store, bundle.image(parsed.head_bytes, b"", parsed.files))


def test_a_one_time_key_that_has_signed_another_head_is_refused_and_named(store: Store) -> None:
    first = add(store, signed_image(1_006, leaf=5))
    with pytest.raises(ConflictError, match=rf"index 5 of signing key .* has signed image {first} before"):
        add(store, signed_image(1_007, leaf=5))
    add(store, signed_image(1_007, leaf=5, key=OTHER_KEY))


def test_other_contents_under_the_same_version_and_board_are_refused(store: Store) -> None:
    add(store, IMAGE)
    with pytest.raises(ConflictError, match=r"version 1\.6 for simulated is here with other contents"):
        add(store, signed_image(1_006, {"a.mpy": b"x"}, leaf=9))
    add(store, signed_image(1_006, board="desk"))


def test_an_image_that_is_too_large_is_refused(store: Store) -> None:
    with pytest.raises(InvalidError, match="524288 are allowed"):
        add(store, IMAGE + bytes(bundle.IMAGE_BYTES_MAX))


def test_only_a_supervisor_adds_images(store: Store) -> None:
    with store.begin() as tx, pytest.raises(RefusedError):
        images.add(tx, OPERATOR, IMAGE, [TEST_KEY.public], NOW_MS)


@pytest.fixture(scope="module")
def empty() -> Iterator[Store]:
    opened = Store.open("sqlite://")
    yield opened
    opened.close()


@given(st.integers(0, len(IMAGE) * 8 - 1))
def test_an_image_with_any_bit_changed_is_refused(empty: Store, bit: int) -> None:
    changed = bytearray(IMAGE)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(InvalidError):
        add(empty, bytes(changed))


@given(st.binary(max_size=400) | st.builds(lambda end: TEST_KEY.sign(b"head", 3)[:end], st.integers(0, 2_300)))
def test_whatever_stands_for_a_signature_is_refused_and_never_an_accident(signature: bytes) -> None:
    with pytest.raises(InvalidError):
        signatures.signer([TEST_KEY.public], b"head", signature)


def test_a_signature_of_another_kind_than_the_key_says_is_refused() -> None:
    other_digits = TEST_KEY.public[:4] + (4).to_bytes(4, "big") + TEST_KEY.public[8:]
    with pytest.raises(InvalidError, match="not trusted here"):
        signatures.signer([other_digits], b"head", TEST_KEY.sign(b"head", 3))


def test_a_trust_file_holds_one_to_four_whole_keys_of_known_kinds(tmp_path: Path) -> None:
    trust = tmp_path / "trust"
    with pytest.raises(InvalidError, match="hemlarm update keygen"):
        signatures.read_trust(trust)
    trust.write_bytes(TEST_KEY.public + OTHER_KEY.public)
    assert signatures.read_trust(trust) == [TEST_KEY.public, OTHER_KEY.public]
    for content in (b"", TEST_KEY.public[:-1], TEST_KEY.public * 5, bytes(56)):
        with pytest.raises(InvalidError, match="trust"):
            signatures.keys_of(content, "trust")
