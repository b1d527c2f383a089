"""Our X25519 finds what the `cryptography` package finds, for keys of all kinds."""

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hemlarm_protocol import x25519

KEYS = st.binary(min_size=32, max_size=32)
EDGES = st.one_of(
    KEYS,
    st.integers(-40, 40).map(lambda near: ((1 << 255) - 19 + near).to_bytes(32, "little")),
    st.integers(2, 300).map(lambda small: small.to_bytes(32, "little")),
)


@given(KEYS, EDGES)
@example(b"\xff" * 32, b"\xff" * 32)
@settings(max_examples=300, deadline=None)
def test_it_agrees_with_another_implementation(secret: bytes, public: bytes) -> None:
    peer = X25519PrivateKey.from_private_bytes(secret)
    assert x25519.public_key(secret) == peer.public_key().public_bytes_raw()
    try:
        expected = peer.exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError:
        expected = None
    try:
        found = x25519.shared_secret(secret, public)
    except ValueError:
        found = None
    assert found == expected
