"""What the tests for both interpreters share: they can import neither pytest nor typing at run time."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    Error = TypeVar("Error", bound=BaseException)


def raises(error: "type[Error]", function: "Callable[..., object]", *args: object) -> "Error":
    """Call `function(*args)`, which must raise `error`, and return what it raised.

    Raises AssertionError when nothing is raised; any other exception passes through.
    """
    try:
        function(*args)
    except error as caught:
        return caught
    raise AssertionError(error.__name__ + " was not raised")
