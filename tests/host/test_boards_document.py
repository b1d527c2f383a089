"""docs/boards.md has the pins and addresses that the boards' modules have."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
HAL = ROOT / "firmware" / "hemlarm_firmware" / "hal"
DOCUMENT = (ROOT / "docs" / "boards.md").read_text()


def constant(module: str, name: str) -> Any:
    """Return what a module binds to a name at its top, as far as that is written out."""
    for statement in ast.parse((HAL / module).read_text()).body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=bound)], value=value) if bound == name:
                return ast.literal_eval(value)
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                for each, value in zip(names, values, strict=True):
                    if isinstance(each, ast.Name) and each.id == name:
                        return ast.literal_eval(value)
    raise LookupError(f"{module} has no {name}")


def rows(heading: str) -> list[list[str]]:
    """Return the rows of the table whose first column is called so."""
    table = DOCUMENT.split(f"\n| {heading} |", 1)[1].split("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


@pytest.mark.parametrize(("board", "module"), [("esp32-s3", "esp32_s3.py"), ("pico-2-w", "pico_2_w.py")])
def test_the_document_has_every_boards_pins(board: str, module: str) -> None:
    assert {row[0]: int(row[1]) for row in rows(board)} == constant(module, "PINS")


@pytest.mark.parametrize("module", ["esp32_s3.py", "pico_2_w.py"])
def test_the_document_has_every_chips_address(module: str) -> None:
    documented = [(row[0], row[2], int(address, 16)) for row in rows("chip") for address in row[1].split(",")]
    for chip, bus, name in [
        ("MCP23017", "box", "RELAYS"),
        ("INA226", "box", "METER"),
        ("MCP23017", "keypad", "KEYPAD"),
        ("PCF8574", "keypad", "DISPLAY"),
    ]:
        assert (chip, bus, constant(module, name)) in documented
    for address in constant(module, "CONVERTERS"):
        assert ("ADS1115", "box", address) in documented


def test_the_document_has_every_relay() -> None:
    pins = {row[0]: row[1] for row in rows("relay")}
    for name, word in [("LOOPS", "loops of zones 1 to 4"), ("PLUGS", "plugs 1 to 4")]:
        relays = constant("outputs.py", name)
        assert pins[word] == f"{relays[1]} to {relays[4]}"
    assert [pins[word] for word in ("siren", "outdoor", "charger", "test load", "modem")] == list("01234")


def test_the_document_has_the_keypads_lamps() -> None:
    lamps = constant("outputs.py", "LAMPS")
    assert list(lamps.values()) == [5, 6, 7, 12, 13]
    assert "5 to 7 the lamps ready, armed and open, 12 alarm, 13 fault" in DOCUMENT
    assert f"{constant('outputs.py', 'BUZZER')}\nan active buzzer" in DOCUMENT


def test_the_document_has_the_picos_partitions() -> None:
    sectors = constant("reserved_blocks.py", "SECTORS")
    assert {row[0]: int(row[2]) for row in rows("partition")} == {name: 4 * sectors[name] for name in sectors}


def test_what_was_not_tried_stands_at_the_end_and_says_so_at_the_top() -> None:
    assert "**Nothing on this page has run on hardware yet.**" in DOCUMENT[:1000]
    end = DOCUMENT.split("## Not tried on hardware", 1)[1]
    assert len(re.findall(r"^\d+\. ", end, re.M)) >= 10
