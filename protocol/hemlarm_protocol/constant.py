"""`const`, as MicroPython's compiler knows it: a private `_NAME = const(n)` costs a board no memory at all."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    Value = TypeVar("Value")


def const(value: "Value") -> "Value":
    """Return the value; on MicroPython the compiler has put it where the name stood."""
    return value
