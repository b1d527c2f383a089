"""The key schedule: everything that a key is bound to changes it, and nothing shows it."""

from hemlarm_protocol import cbor, crypto, keys
from session_support import OTHER_SALT, PANEL, ROOT_KEY, SALT
from support import raises


def one_of_each() -> "list[keys.SealingKey]":
    hello, welcome = b"a hello", b"a welcome"
    return [
        keys.journal_key(ROOT_KEY, PANEL, SALT),
        keys.journal_key(ROOT_KEY, PANEL, OTHER_SALT),
        keys.journal_key(ROOT_KEY, bytes(8), SALT),
        keys.journal_key(bytes(32), PANEL, SALT),
        keys.hello_key(ROOT_KEY, PANEL),
        keys.knock_key(ROOT_KEY, PANEL),
        keys.welcome_key(ROOT_KEY, PANEL, hello),
        keys.welcome_key(ROOT_KEY, PANEL, b"another hello"),
        keys.session_key(ROOT_KEY, PANEL, hello, welcome, keys.UP, 0),
        keys.session_key(ROOT_KEY, PANEL, hello, welcome, keys.DOWN, 0),
        keys.session_key(ROOT_KEY, PANEL, hello, welcome, keys.DOWN, 1),
        keys.session_key(ROOT_KEY, PANEL, hello, b"another welcome", keys.UP, 0),
        keys.session_key(ROOT_KEY, PANEL, b"another hello", welcome, keys.UP, 0),
    ]


def test_no_two_purposes_share_a_key_a_nonce_or_a_key_id() -> None:
    made = one_of_each()
    for part in ("kid", "key", "base"):
        assert len({getattr(key, part) for key in made}) == len(made), part


def test_the_same_inputs_give_the_same_key() -> None:
    first, second = one_of_each(), one_of_each()
    assert [key.key for key in first] == [key.key for key in second]


def test_lengths_are_those_of_the_algorithm() -> None:
    for key in one_of_each():
        assert (len(key.kid), len(key.key), len(key.base)) == (keys.KID_BYTES, crypto.KEY_BYTES, crypto.NONCE_BYTES)


def test_the_external_data_names_version_panel_direction_purpose_and_writer() -> None:
    key = keys.session_key(ROOT_KEY, PANEL, b"h", b"w", keys.DOWN, 3)
    assert cbor.decode(key.external) == [1, PANEL, keys.DOWN, keys.SESSION, 3]
    assert cbor.decode(keys.journal_key(ROOT_KEY, PANEL, SALT).external) == [1, PANEL, keys.UP, keys.JOURNAL, 0]


def test_a_key_is_what_the_documented_derivation_gives() -> None:
    external = cbor.encode([1, PANEL, 0, 1, 0])
    derived = crypto.hkdf(ROOT_KEY, SALT, cbor.encode(["hemlarm", external]), 49)
    key = keys.journal_key(ROOT_KEY, PANEL, SALT)
    assert key.key + key.base + key.kid == derived


def test_a_key_shows_its_id_and_nothing_secret() -> None:
    for key in one_of_each():
        assert key.kid.hex() in repr(key)
        assert key.key.hex() not in repr(key) and repr(key.key) not in repr(key)


def test_a_root_key_or_an_id_of_another_length_is_refused() -> None:
    raises(ValueError, keys.hello_key, bytes(31), PANEL)
    raises(ValueError, keys.hello_key, ROOT_KEY, bytes(7))
