"""Whatever is typed at the simulated modem, it goes on: no input raises an error, and the next command is answered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modem_dialogue import FAMILIES, NUMBER, Dialogue

NAMES = {
    family: sorted(line.removeprefix("AT") for line in Dialogue(family).say("AT+CLAC")[:-1]) for family in FAMILIES
}
ARGUMENTS = st.one_of(
    st.integers(0, 20).map(str),
    st.sampled_from(
        ["", "1500", '"SC"', '"TCP"', '"ME"', '"SM"', '"SR"', '"h"', '"ALL"', '"UCS2"', f'"{NUMBER}"', '"x,;"']
    ),
    st.text('0123456789ABCabc+"*#,;= ', max_size=12),
)
SHUT_UP = ("+CFUN", "+QPOWD", "+CPOF", "+CRESET")
"""What ends the dialogue for good reasons."""


@st.composite
def commands(draw: st.DrawFn, family: str) -> bytes:
    name = draw(st.sampled_from([name for name in NAMES[family] if name not in SHUT_UP]))
    kind = draw(st.sampled_from(["", "?", "=?", "="]))
    arguments = ",".join(draw(st.lists(ARGUMENTS, max_size=7))) if kind == "=" else ""
    return f"AT{name}{kind}{arguments}\r".encode()


def inputs(family: str) -> st.SearchStrategy[list[bytes]]:
    anything = st.one_of(commands(family), commands(family), st.binary(max_size=40), st.just(b"0011000B\x1a"))
    return st.lists(anything, max_size=12)


def survives(dialogue: Dialogue, typed: list[bytes]) -> None:
    for piece in typed:
        dialogue.type(piece, 1_000)
    dialogue.wait(200_000)
    # Whatever prompt stands takes this as data, or is given up.
    dialogue.type(bytes(1_500) + b"\x1b\r", 20_000)
    dialogue.type(b"\x1b\r", 20_000)
    assert b"OK" in dialogue.type(b"\rATV1Q0\r")


@given(inputs("quectel"))
def test_quectels_modem_survives_anything(typed: list[bytes]) -> None:
    survives(Dialogue("quectel"), typed)


@given(inputs("simcom"))
def test_simcoms_modem_survives_anything(typed: list[bytes]) -> None:
    survives(Dialogue("simcom"), typed)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_command_answers_each_of_its_forms(family: str) -> None:
    dialogue = Dialogue(family)
    for name in NAMES[family]:
        if name in SHUT_UP:
            continue
        for form in ("", "?", "=?"):
            answered = dialogue.type(f"AT{name}{form}\r".encode(), 30_000)
            dialogue.type(b"\x1b", 100)
            assert any(end in answered for end in (b"OK\r\n", b"> ", b"ERROR")), (name, form, answered)
