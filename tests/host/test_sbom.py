"""The bill of materials is valid CycloneDX, is current, and leaves nothing out that is shipped."""

import json
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from hemlarm_installer import sbom

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    made: dict[str, Any] = json.loads(sbom.text(ROOT))
    return made


def test_the_bill_of_materials_in_the_repository_is_current() -> None:
    assert (ROOT / sbom.PLACE).read_text() == sbom.text(ROOT), "run: hemlarm update sbom"


def test_it_is_cyclonedx_by_cyclonedxs_own_schema() -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(sbom.text(ROOT)) is None


def test_every_locked_package_is_in_it_with_version_and_licence(bill: dict[str, Any]) -> None:
    locked = [line.split(" ")[0] for line in (ROOT / "requirements.lock").read_text().splitlines() if line[0] != " "]
    listed = {f"{part['name']}=={part.get('version')}": part for part in bill["components"]}
    assert set(locked) <= listed.keys()
    assert not [name for name in locked if not listed[name].get("licenses")]


def test_what_only_developers_have_is_told_from_what_is_shipped(bill: dict[str, Any]) -> None:
    scopes = {part["name"]: part.get("scope") for part in bill["components"]}
    assert {scopes[name] for name in ("pytest", "mypy", "littlefs-python", "cyclonedx-python-lib")} == {"excluded"}
    assert {scopes[name] for name in ("pyhsslms", "esptool", "pyserial", "psycopg-binary", "micropython")} == {
        "required"
    }


def test_whatever_is_shipped_leads_back_to_the_product(bill: dict[str, Any]) -> None:
    needs = {entry["ref"]: entry["dependsOn"] for entry in bill["dependencies"]}
    reached, waiting = set(), ["hemlarm"]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += needs.get(name, [])
    assert not [
        part["name"] for part in bill["components"] if part["bom-ref"] not in reached and part["scope"] == "required"
    ]


def test_outside_of_the_repository_it_is_told_where_to_run_it(tmp_path: Path) -> None:
    with pytest.raises(sbom.SbomError, match="run this in the repository's folder"):
        sbom.text(tmp_path)
