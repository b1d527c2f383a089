"""docs/configuration.md names every field of the configuration with its range and default, as the rules have them."""

import re
from pathlib import Path
from typing import Any

import pytest

from config_examples import largest, radio_house, wired_building
from hemlarm_firmware.panel import config_fields, config_zone_rules
from hemlarm_firmware.panel.config_fields import (
    ABSENT,
    BYTES,
    FLAG,
    ITEMS,
    NUMBER_OR_ZERO,
    REQUIRED,
    SECRET_DIGITS,
    TEXT,
    WORD,
)
from hemlarm_firmware.settings import Settings
from hemlarm_protocol import cbor
from nor_flash import NorFlash

PAGE = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text()
SECTIONS = {
    "The panel": config_fields.PANEL,
    "An area": config_fields.AREA,
    "A zone": config_fields.ZONE,
    "A user": config_fields.USER,
    "An output": config_fields.OUTPUT,
}


def rows_under(heading: str) -> list[list[str]]:
    """The cells of the tables under a heading, without the tables' own headings."""
    text = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith(("| field", "| type"))]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def allowed(kind: int, least: Any, most: Any) -> str:
    if kind == FLAG:
        return "true, false"
    if kind == WORD:
        return ", ".join(word or '""' for word in least)
    if kind == BYTES:
        return f"{least} bytes"
    if kind == TEXT:
        return f"up to {most} letters"
    if kind == SECRET_DIGITS:
        return f'"" or {least} to {most} digits'
    return f"{'0 or ' if kind == NUMBER_OR_ZERO else ''}{least} to {most}{' items' if kind == ITEMS else ''}"


def default(value: Any) -> str:
    if value is REQUIRED:
        return "required"
    if value is ABSENT:
        return "-"
    if value == []:
        return "none"
    return str(value).lower() if value != "" else '""'


@pytest.mark.parametrize("heading", SECTIONS)
def test_the_page_lists_every_field_with_its_range_and_default(heading: str) -> None:
    fields = [row for row in rows_under(heading) if row[0].startswith("`")]
    expected = [[f"`{name}`", allowed(*bounds), default(value)] for name, *bounds, value in SECTIONS[heading]]
    assert [row[:3] for row in fields] == expected
    assert all(re.search(r"\w", row[3]) for row in fields)


def test_the_page_lists_what_each_type_may_be() -> None:
    types = {row[0]: row[1].split(", ") for row in rows_under("A zone") if not row[0].startswith("`")}
    assert types == config_zone_rules.SENSORS_OF


def test_the_page_names_the_defaults_that_depend_on_other_fields() -> None:
    told = {row[0].strip("`"): row[3] for row in rows_under("A zone") if row[0].startswith("`")}
    assert f"{config_zone_rules.SUPERVISE_MIN} if left out" in told["supervise_min"]
    assert f"; {config_zone_rules.LOW_C} if left out" in told["low_c"]
    assert f"; {config_zone_rules.HIGH_C} if left out" in told["high_c"]
    assert f"with up to {config_zone_rules.PETS_KG_INDOORS_MAX} kg" in PAGE


def test_the_page_says_how_much_fits() -> None:
    most = Settings(NorFlash(4)).size_max
    sizes = [len(cbor.encode(value)) for value in (radio_house(), wired_building(), largest())]
    assert f"up to {most:,} bytes" in PAGE
    told = [row[1] for row in rows_under("How much fits") if "bytes" in row[1]]
    assert told == [f"{size:,} bytes" + (", which does not fit" if size > most else "") for size in sizes]
