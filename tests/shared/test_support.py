"""The helper that stands in for pytest's own on both interpreters."""

from support import raises


def reject(value: int) -> None:
    """Refuse any value."""
    raise ValueError(value)


def test_the_error_that_was_raised_comes_back() -> None:
    assert raises(ValueError, reject, 7).args == (7,)


def test_raising_nothing_is_a_failure() -> None:
    failure = raises(AssertionError, raises, ValueError, abs, 1)
    assert failure.args == ("ValueError was not raised",)


def test_another_error_passes_through() -> None:
    assert raises(ValueError, raises, KeyError, reject, 7).args == (7,)
