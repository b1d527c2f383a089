"""Private names become short ones that all modules share, and nothing else changes."""

import ast

import pytest

from hemlarm_installer.name_shortening import fitted, restored, shortened


def ran(text: str) -> dict[str, object]:
    """Return the names of a module after it ran."""
    names: dict[str, object] = {}
    exec(text, names)  # noqa: S102  Our own lines.
    return names


def test_modules_share_the_same_short_names() -> None:
    texts, names = shortened(
        {"one": "def _first_long():\n    pass\n_second_long = 1", "two": "def _other_long():\n    pass"}
    )
    assert names == {"one": {"_a": "_first_long", "_b": "_second_long"}, "two": {"_a": "_other_long"}}
    assert "def _a():" in texts["one"]
    assert "def _a():" in texts["two"]


def test_a_name_that_two_modules_speak_of_stays() -> None:
    texts, names = shortened(
        {"one": "class A:\n    def _shared(self):\n        return 1", "two": "from one import A\nA()._shared()"}
    )
    assert names == {"one": {}, "two": {}}
    assert "_shared" in texts["one"]


def test_a_name_spoken_of_in_a_text_is_shortened_with_the_attribute() -> None:
    source = "class A:\n    def __init__(self):\n        self._wide = 7\nfound = getattr(A(), '_wide')"
    texts, _ = shortened({"one": source})
    assert "_wide" not in texts["one"]
    assert ran(texts["one"])["found"] == 7


def test_a_text_in_another_module_keeps_the_name() -> None:
    texts, _ = shortened({"one": "_wide = 1", "two": "found = '_wide'"})
    assert "_wide = 1" in texts["one"]


def test_classes_that_inherit_across_modules_never_get_one_name_for_two_things() -> None:
    texts, names = shortened(
        {
            "base": "class Base:\n    def _alpha_long(self):\n        pass",
            "kind": "from base import Base\nclass Kind(Base):\n    def _beta_long(self):\n        pass",
            "far": "import base\nfrom pack import base as known\nclass Other(known.Base):\n    _gamma_long = 1",
            "pack.base": "class Base:\n    _delta_long = 2",
        }
    )
    assert not names["base"].keys() & names["kind"].keys()
    assert not names["far"].keys() & names["pack.base"].keys()
    assert all(texts.values())


def test_public_double_and_foreign_names_stay() -> None:
    source = (
        "class Public:\n    def __init__(self, _):\n        self.value = self.__class__\n    def method(self): pass"
    )
    texts, names = shortened({"one": source})
    assert names == {"one": {}}
    assert texts["one"] == ast.unparse(ast.parse(source))


def test_what_is_kept_is_left_alone_and_its_words_count() -> None:
    texts, names = shortened({"stand": "_mine_long = 1\nother._theirs_long", "one": "_theirs_long = 2"}, ["stand"])
    assert names == {"stand": {}, "one": {}}
    assert "_mine_long" in texts["stand"]


def test_a_short_name_never_meets_one_that_was_there() -> None:
    texts, names = shortened({"one": "_a = 3\n_long_name = 4\n_second = _a + _long_name"})
    assert names["one"] == {"_b": "_long_name", "_c": "_second"}
    assert sorted(value for value in ran(texts["one"]).values() if isinstance(value, int)) == [3, 4, 7]


def test_global_names_are_shortened_where_they_are_declared() -> None:
    source = "_count_long = 0\ndef add():\n    global _count_long\n    _count_long += 1\nadd()\nfound = _count_long"
    assert ran(shortened({"one": source})[0]["one"])["found"] == 1


def test_a_program_from_outside_is_fitted_to_the_short_names() -> None:
    _, names = shortened({"one": "class A:\n    def _secret_part(self):\n        pass"})
    assert fitted("one.A._secret_part = None", names) == "one.A._a = None"
    assert fitted("x._unknown_part", names) == "x._unknown_part"


def test_a_program_from_outside_keeps_its_own_names() -> None:
    _, names = shortened({"one": "class A:\n    def _opening(self):\n        pass", "two": "_closing = 1"})
    assert fitted("_closing = two._closing\na = one.A._opening", names) == "_closing = two._a\na = one.A._a"
    assert fitted("getattr(one.A, '_opening')", names) == "getattr(one.A, '_a')"
    own = "class B:\n\n    def _closing(self):\n        self._opening = self._closing"
    assert fitted(own, names) == own


def test_a_traceback_tells_the_long_names() -> None:
    names = {"hemlarm_firmware.app": {"_a": "_deadlines"}}
    log = 'Traceback\n  File "hemlarm_firmware.app", in _a\n  File "asyncio/core.py", line 5, in _a\nValueError: _a'
    assert restored(log, names).splitlines() == [
        "Traceback",
        '  File "hemlarm_firmware.app", in _deadlines',
        '  File "asyncio/core.py", line 5, in _a',
        "ValueError: _a",
    ]


def test_a_module_that_is_no_python_is_refused() -> None:
    with pytest.raises(SyntaxError):
        shortened({"one": "def ("})
