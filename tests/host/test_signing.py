"""The key of releases signs what panels and cloud accept, and none of its leaves ever signs twice."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from hemlarm_boot import lms
from hemlarm_cloud.updates import signatures
from hemlarm_installer import signing
from hemlarm_installer.signing import SigningError
from hemlarm_protocol import bundle
from images import OTHER_KEY, TEST_KEY, signed_image

LEAVES = 32


def unsigned(version: int = 1005) -> bytes:
    made = bundle.parse(signed_image(version))
    return bundle.image(made.head_bytes, b"", made.files)


def drawn(count: int) -> bytes:
    return bytes(range(count))


@pytest.fixture
def key(tmp_path: Path) -> Path:
    signing.make_key(tmp_path / "key", 5, drawn)
    return tmp_path / "key"


def leaf_of(image: bytes) -> int:
    return int.from_bytes(bundle.parse(image).signature[:4], "big")


def test_what_a_key_signed_is_accepted_by_panels_and_by_the_cloud(key: Path) -> None:
    signed = signing.sign(key, unsigned())
    parsed = bundle.parse(signed.image)
    trust = (key / "trust").read_bytes()
    assert signatures.signer(signatures.keys_of(trust, "trust"), parsed.head_bytes, parsed.signature).leaf == 0
    assert lms.verify(trust, parsed.signature, parsed.head_bytes)
    assert not lms.verify(OTHER_KEY.public, parsed.signature, parsed.head_bytes)


def test_the_tests_own_images_are_signed_as_real_ones() -> None:
    parsed = bundle.parse(signed_image(1005))
    assert lms.verify(TEST_KEY.public, parsed.signature, parsed.head_bytes)
    assert signed_image(1005) == signed_image(1005)


def test_every_signature_takes_the_next_leaf(key: Path) -> None:
    made = [signing.sign(key, unsigned(version)) for version in (1005, 1006, 1005)]
    assert [(signed.leaf, leaf_of(signed.image), signed.left) for signed in made] == [
        (0, 0, 31),
        (1, 1, 30),
        (2, 2, 29),
    ]
    assert signing.left(key) == 29


def test_the_leaf_is_on_the_disk_before_the_signature_is_calculated(key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    fsync, private = os.fsync, signing._private

    def noted_fsync(file: int) -> None:
        fsync(file)
        steps.append("on the disk" if '"index": 0' in (key / "used").read_text() else "too early")

    def noted_private(*arguments: object) -> object:
        steps.append("calculated")
        return private(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(signing, "_private", noted_private)
    signing.sign(key, unsigned())
    assert steps == ["on the disk", "calculated"]


def cut_write(file: int, data: bytes, offset: int) -> int:
    os.pwritev(file, [data[: len(data) // 2]], offset)
    raise OSError(5, "the power went")


def failing(*arguments: object) -> None:
    raise OSError(5, "the power went")


@pytest.mark.parametrize(
    ("place", "name", "cut"),
    [(os, "pwrite", cut_write), (os, "pwrite", failing), (os, "fsync", failing), (signing, "_private", failing)],
)
def test_a_failure_at_any_step_never_gives_a_leaf_twice(
    key: Path, monkeypatch: pytest.MonkeyPatch, place: object, name: str, cut: Callable[..., object]
) -> None:
    given = [signing.sign(key, unsigned()).leaf]
    for version in (1006, 1007):
        with monkeypatch.context() as patched:
            patched.setattr(place, name, cut)
            with pytest.raises(OSError, match="the power went"):
                signing.sign(key, unsigned(version))
        given += [signing.sign(key, unsigned(version)).leaf for _ in range(2)]
    assert given == sorted(set(given))


def test_a_wrong_signature_is_not_given_out(key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    private = signing._private

    def miscalculating(*arguments: object) -> object:
        made = private(*arguments)  # type: ignore[arg-type]
        right = made.sign
        made.sign = lambda message: right(message + b"x")
        return made

    monkeypatch.setattr(signing, "_private", miscalculating)
    with pytest.raises(SigningError, match="miscalculates"):
        signing.sign(key, unsigned())
    monkeypatch.undo()
    assert signing.sign(key, unsigned()).leaf == 1


def test_a_copy_of_a_key_does_not_sign_until_it_is_taken_over(key: Path, tmp_path: Path) -> None:
    signing.sign(key, unsigned())
    copy = tmp_path / "copy"
    shutil.copytree(key, copy)
    with pytest.raises(SigningError, match="is a copy, or was restored"):
        signing.sign(copy, unsigned())
    assert signing.take_over(copy, 5) == 6
    assert signing.sign(copy, unsigned()).leaf == 6
    with pytest.raises(SigningError, match="is no copy"):
        signing.take_over(copy, 5)


def test_a_copy_with_too_few_leaves_left_is_not_taken_over(key: Path, tmp_path: Path) -> None:
    shutil.copytree(key, tmp_path / "copy")
    with pytest.raises(SigningError, match="32 signatures left, too few to skip 32"):
        signing.take_over(tmp_path / "copy", LEAVES)


def test_a_key_that_was_moved_still_signs(key: Path, tmp_path: Path) -> None:
    moved = key.rename(tmp_path / "moved")
    assert signing.sign(moved, unsigned()).leaf == 0


def test_a_list_of_used_leaves_that_was_put_back_is_noticed(key: Path) -> None:
    backup = key / "backup"
    shutil.copy2(key / "used", backup)
    signing.sign(key, unsigned())
    backup.replace(key / "used")
    with pytest.raises(SigningError, match="was restored"):
        signing.sign(key, unsigned())


def test_without_its_list_of_used_leaves_a_key_does_not_sign(key: Path) -> None:
    (key / "used").unlink()
    with pytest.raises(SigningError, match="nobody knows what the key has signed"):
        signing.sign(key, unsigned())


def test_a_line_that_has_become_unreadable_counts_as_a_used_leaf(key: Path) -> None:
    for _ in range(2):
        signing.sign(key, unsigned())
    used = (key / "used").read_bytes()
    (key / "used").write_bytes(used[: used.rindex(b"{")] + b"?" + used[used.rindex(b"{") + 1 :])
    assert signing.sign(key, unsigned()).leaf == 2


def test_two_never_sign_at_the_same_time(key: Path) -> None:
    with signing._held(key), pytest.raises(SigningError, match="somebody signs"):
        signing.sign(key, unsigned())
    assert signing.sign(key, unsigned()).leaf == 0


def test_a_used_up_key_does_not_sign(key: Path) -> None:
    with (key / "used").open("a") as used:
        used.write(json.dumps({"index": LEAVES - 1}) + "\n")
    with pytest.raises(SigningError, match="used all its 32 signatures"):
        signing.sign(key, unsigned())
    assert signing.left(key) == 0


def test_a_secret_that_others_can_read_is_not_used(key: Path) -> None:
    (key / "secret").chmod(0o640)
    with pytest.raises(SigningError, match="can be read by others"):
        signing.sign(key, unsigned())


def test_a_secret_that_is_not_that_of_trust_signs_nothing(key: Path) -> None:
    (key / "trust").write_bytes(OTHER_KEY.public)
    with pytest.raises(SigningError, match="not that of `trust`"):
        signing.sign(key, unsigned())


def test_what_is_signed_is_not_signed_again(key: Path) -> None:
    with pytest.raises(SigningError, match="signed already"):
        signing.sign(key, signed_image(1005))
    assert signing.left(key) == LEAVES


def test_a_key_is_never_made_over_another(key: Path) -> None:
    secret = (key / "secret").read_bytes()
    with pytest.raises(SigningError, match="there already"):
        signing.make_key(key, 5, drawn)
    assert (key / "secret").read_bytes() == secret


def test_a_key_has_a_number_of_levels_that_panels_take(tmp_path: Path) -> None:
    with pytest.raises(SigningError, match="5, 10, 15 levels, not 6"):
        signing.make_key(tmp_path / "key", 6, drawn)
