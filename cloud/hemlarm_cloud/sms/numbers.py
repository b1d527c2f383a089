"""Telephone numbers, as far as an SMS can be sent to them."""

_DIGITS_MIN, _DIGITS_MAX = 3, 15
"""A number of ITU-T E.164 has at most 15 digits, and an operator's short one at least 3."""


def is_number(number: str) -> bool:
    """Tell whether an SMS can be sent to it: digits, with or without a plus in front."""
    digits = number.removeprefix("+")
    return digits.isascii() and digits.isdigit() and _DIGITS_MIN <= len(digits) <= _DIGITS_MAX
