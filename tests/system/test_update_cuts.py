"""Power is cut at every operation of the flash while a panel downloads, checks, tries, confirms and rolls back.

Each operation does not happen, or is torn in two ways; of what follows some operations are cut again. At every start a
signed version runs that works, never one below the floor, and in the end the update is where it belongs. `pytest -s`
prints the counts; `python tools/cut_updates.py` makes every second cut too.
"""

import sys
from pathlib import Path

import pytest

import update_cutting
from update_cutting import Extent


@pytest.fixture(name="folder", scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cuts")
    update_cutting.prepare(folder)
    return folder


@pytest.mark.parametrize("story", update_cutting.STORIES)
def test_no_cut_of_an_update_leaves_a_panel_without_firmware_that_works(folder: Path, story: str) -> None:
    counts = update_cutting.cut(folder, story, Extent(torn=2))
    sys.stdout.write(f"{story}: {counts}\n")
    assert counts["operations"] >= 30
    assert counts["cuts"] == 3 * counts["operations"]


@pytest.mark.parametrize("story", update_cutting.STORIES)
def test_no_cut_of_what_follows_a_cut_does_either(folder: Path, story: str) -> None:
    counts = update_cutting.cut(folder, story, Extent(torn=1, first=3, step=14, again=9))
    sys.stdout.write(f"{story}: {counts}\n")
    assert counts["second_cuts"] >= 20
