"""The one error that bad bytes raise."""


class BadMessage(ValueError):  # noqa: N818 - the name is what a caller reads: this message is bad.
    """Bytes that no honest sender produces: malformed, truncated, oversized, forged, or under the wrong key.

    The text says what was wrong with them, for logs and counters; it never holds key material or plaintext.
    """
