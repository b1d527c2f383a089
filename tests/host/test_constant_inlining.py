"""Constants are written out where they are read, and their names go; what could be something else stays as it is."""

import pytest

from hemlarm_installer.constant_inlining import TEXT_MAX, inlined


def rewritten(**sources: str) -> dict[str, str]:
    """The modules, without blank lines and what stands in the place of nothing."""
    return {name: "\n".join(_lines(text)) for name, text in inlined(sources).items()}


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line not in ("", "pass")]


def test_a_number_and_a_short_text_take_the_places_of_their_names() -> None:
    text = "WAIT_S = 20\nKIND = 'zone'\n\ndef f(x=WAIT_S):\n    return (x, KIND, f'{WAIT_S} s')\n"
    assert rewritten(a=text) == {"a": "def f(x=20):\n    return (x, 'zone', f'{20} s')"}


def test_a_module_reads_those_of_the_modules_that_it_imports() -> None:
    made = rewritten(
        **{"p.a": "LOW, HIGH = (-1, 1 << 4 | 3)\nrest = []"},
        b="from p import a\nfrom p.a import LOW\nprint(LOW, a.HIGH, a.rest)",
        c="from p import a\nprint(a.LOW)",
    )
    assert made == {"p.a": "rest = []", "b": "from p import a\nprint(-1, 19, a.rest)", "c": "print(-1)"}


def test_constants_may_be_made_of_others_in_whatever_order_the_modules_come() -> None:
    sources = {"a": "from b import X\nY = X * 2\n", "b": "from c import Z\nX = const(Z + 1)\n", "c": "Z = ~4\n"}
    assert rewritten(**sources, d="from a import Y\nprint(Y)") == {"a": "", "b": "", "c": "", "d": "print(-8)"}


def test_an_import_within_a_function_is_followed_too() -> None:
    made = rewritten(**{"p.a": "X = 1\ndef f():\n    pass"}, b="def g():\n    from p import a\n    return a.X + a.f()")
    assert made["b"] == "def g():\n    from p import a\n    return 1 + a.f()"


@pytest.mark.parametrize(
    "text",
    [
        "X = 1.5\nprint(X)",
        "X = [1]\nprint(X)",
        f"X = {'a' * (TEXT_MAX + 1)!r}\nprint(X)",
        "x = 1\nprint(x)",
        "X = 1\nX = 2\nprint(X)",
        "X = 1\ndef f():\n    global X\n    X = 2",
        "def f(X):\n    return X\nX = 1",
        "X = len('ab')\nprint(X)",
    ],
)
def test_what_is_no_constant_stays(text: str) -> None:
    assert rewritten(a=text) == {"a": text}


def test_a_constant_that_another_module_assigns_to_stays() -> None:
    sources = {"a": "X = 1\nprint(X)", "b": "import a\na.X = 2"}
    assert rewritten(**sources) == sources


def test_a_name_stays_where_it_may_be_read_in_a_way_that_cannot_be_followed() -> None:
    made = rewritten(a="X = 1\nY = 2\nprint(X, Y)", b="import a\nprint(a.X)")
    assert made == {"a": "X = 1\nprint(1, 2)", "b": "import a\nprint(a.X)"}


def test_the_names_of_a_module_that_is_known_outside_stay() -> None:
    made = inlined({"a": "X = 1\nY = X", "b": "X = 1\nprint(X)"}, known_outside=["a"])
    assert made == {"a": "X = 1\nY = 1", "b": "print(1)"}


def test_what_stands_there_for_type_checkers_goes() -> None:
    text = "TYPE_CHECKING = False\nif TYPE_CHECKING:\n    from typing import Any\n\ndef f(x: 'Any'):\n    pass"
    assert rewritten(a=text) == {"a": "def f(x: 'Any'):\n    pass"}


def test_an_imported_constant_whose_name_is_bound_once_more_is_refused() -> None:
    with pytest.raises(ValueError, match="b imports the constant X and binds that name once more"):
        inlined({"a": "X = 1", "b": "from a import X\ndef f(X):\n    return X"})


def test_of_two_modules_that_are_imported_by_one_name_no_constant_is_written_out() -> None:
    sources = {
        "p.a": "X = 1",
        "p.b": "X = 2",
        "c": "if n:\n    from p import a as m\nelse:\n    from p import b as m\nprint(m.X)",
    }
    assert inlined(sources) == sources


def test_a_module_that_is_no_python_is_named() -> None:
    with pytest.raises(SyntaxError) as raised:
        inlined({"a": "X = 1", "b": "\nreturn return"})
    assert (raised.value.filename, raised.value.lineno) == ("b", 2)
