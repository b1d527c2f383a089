"""Runs shared test modules on MicroPython: `micropython tests/shared/run_tests.py test_cbor`, in the root.

MICROPYPATH must name protocol, firmware, tests/shared and .frozen. Prints each result, a failure with its
traceback, and, last, one line that counts. Exits 1 when a test failed or a module holds none: an empty run never looks
like a good one.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def report(name: str, error: BaseException) -> None:
    """Print the failure of `name` with its traceback."""
    print("FAILED " + name)
    sys.print_exception(error)  # type: ignore[attr-defined]


def passes(name: str, test: "Callable[[], object]") -> bool:
    """Run one test function and report its failure; one that returns a value (a coroutine, say) fails too."""
    try:
        returned = test()
        assert returned is None, "a shared test is a plain function that returns nothing"
    except Exception as error:
        report(name, error)
        return False
    print("ok " + name)  # So that a hang shows what came before it.
    return True


def run(module_name: str) -> "tuple[int, int]":
    """Run every `test_*` of the module in the order of their names; return the numbers passed and failed."""
    try:
        module = __import__(module_name)
    except Exception as error:
        report(module_name, error)
        return 0, 1
    names = [name for name in sorted(dir(module)) if name.startswith("test_")]
    if not names:
        print("FAILED " + module_name + ": it holds no test_ function")
        return 0, 1
    results = [passes(module_name + "." + name, getattr(module, name)) for name in names]
    return results.count(True), results.count(False)


def main(module_names: "list[str]") -> int:
    """Run the modules and print the count; return the exit code."""
    counts = [run(name) for name in module_names]
    passed = sum([count[0] for count in counts])
    failed = sum([count[1] for count in counts])
    print(f"passed {passed}, failed {failed}")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
