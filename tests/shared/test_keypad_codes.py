"""Codes and tags: how they are stored, and what the lock counts."""

from hemlarm_firmware.panel import codes
from keypad_support import SALT, TAG
from support import raises

# PBKDF2 with HMAC-SHA256 of "password" and "salt", by rounds, as OpenSSL computes it.
ROUNDS = {
    1: "120fb6cffcf8b32c43e7225256c4f837a86548c92ccc35480805987cb70be17b",
    2: "ae4d0c95af6b46d32d0adff928f06dd02a303f8ef3c251dfd6e2d85a95474c43",
    1000: "632c2812e46d4604102ba7618e9d6d7d2f8128f6266b4a03264d2a0460b7dcb3",
}


def test_the_slow_hash_is_pbkdf2_with_hmac_sha256() -> None:
    # RFC 7914 section 11, first 32 bytes.
    assert codes.pbkdf2(b"passwd", b"salt", 1) == bytes.fromhex(
        "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
    )
    for rounds, expected in ROUNDS.items():
        assert codes.pbkdf2(b"password", b"salt", rounds).hex() == expected, rounds


def test_codes_are_stored_as_slow_hashes_under_the_panels_salt() -> None:
    assert codes.hash_code("4711", SALT) == codes.pbkdf2(b"4711", SALT, 1000)
    assert codes.hash_code("4711", b"t" * 16) != codes.hash_code("4711", SALT)


def test_only_four_to_six_digits_are_a_code() -> None:
    for digits in ("", "123", "1234567", "12a4", "12 4", "12/4", "12:4", "\u0661\u0662\u0663\u0664"):
        assert not codes.is_code(digits), digits
        raises(ValueError, codes.hash_code, digits, SALT)
    for digits in ("0000", "99999", "123456"):
        assert codes.is_code(digits)


def test_tags_are_stored_as_slow_salted_hashes() -> None:
    assert codes.hash_tag(TAG, SALT) == codes.pbkdf2(b"tag" + TAG, SALT, 1000)[:16]
    assert codes.hash_tag(TAG, SALT) != codes.hash_tag(TAG, b"t" * 16)
    for length in (4, 7, 10):
        assert codes.is_tag(bytes(length))
    for uid in (b"", b"123", b"12345", b"123456", b"1" * 8, b"1" * 9, b"1" * 11):
        raises(ValueError, codes.hash_tag, uid, SALT)


def test_a_lock_begins_with_three_tries_and_gives_three_again() -> None:
    lock = codes.Lock()
    for turn in range(2):
        assert (lock.wrong, lock.locks, lock.locked) == (0, turn, False)
        assert [lock.count_wrong(0) for _ in range(3)] == [False, False, True]
        assert lock.locked and lock.wrong == 0
        lock.open_if_due(180_000)


def test_the_minutes_left_are_rounded_up() -> None:
    lock = codes.Lock()
    assert lock.minutes_left(0) == 0
    for _ in range(3):
        lock.count_wrong(0)
    for now_ms, minutes in ((0, 2), (29_999, 2), (30_000, 1), (89_999, 1), (90_000, 0)):
        assert lock.minutes_left(now_ms) == minutes, now_ms
    lock = codes.Lock(0, 5, True)
    lock.resume(0)
    assert lock.minutes_left(0) == 24
