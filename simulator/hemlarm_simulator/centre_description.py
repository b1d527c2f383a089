"""What the receiving centre knows of a simulated house: a TOML file that says who lives there and who may ask for what.

The files are in `centres/`, and a scenario names one with `centre NAME`.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from hemlarm_simulator.house_table import HouseError, HouseTable
from hemlarm_simulator.names import pick

CENTRES = Path(__file__).with_name("centres")
"""The folder of those that come with the simulator."""

LEVELS = ("A", "B", "C")
_NOBODY = ""
_DAYS = range(-3_650, 3_651)
_USERS = range(1, 1000)
_POSITIONS = range(1, 100)


@dataclass(frozen=True)
class PersonDescription:
    """Somebody the centre knows. 0 stands for no user of the panel, and for nobody to call."""

    name: str
    full_name: str
    phone: str
    email: str
    authority: str
    panel_user: int
    contact: int
    has_key: bool
    fire_neighbour: bool


@dataclass(frozen=True)
class InstallerDescription:
    """Somebody of an installer company; days count from the beginning of the story, and may be over."""

    name: str
    full_name: str
    phone: str
    company: str
    police_approval_days: int
    fire_certificate_days: int


@dataclass(frozen=True)
class CentreDescription:
    """One site as the centre has it registered."""

    title: str
    customer: str
    site: str
    address: str
    town: str
    region: str
    language: str
    password: str
    counter_password: str
    key_service: bool
    guard: str
    people: tuple[PersonDescription, ...]
    installers: tuple[InstallerDescription, ...]

    def expect_person(self, name: str) -> str:
        """The name, if somebody is called that. Raises UnknownNameError."""
        known = [person.name for person in self.people] + [installer.name for installer in self.installers]
        return pick(known, name, "person whom the centre knows")


def centres() -> list[str]:
    """The names of those that come with the simulator."""
    return sorted(path.stem for path in CENTRES.glob("*.toml"))


def load_centre(name: str) -> CentreDescription:
    """Reads one that comes with the simulator. Raises HouseError."""
    if name not in centres():
        raise HouseError(f"no centre is called {name!r}; there are {', '.join(centres())}")
    path = CENTRES / f"{name}.toml"
    top = HouseTable(path.name, tomllib.loads(path.read_text(encoding="utf-8")))
    described = CentreDescription(
        title=top.get("title", str),
        customer=top.get("customer", str),
        site=top.get("site", str),
        address=top.get("address", str),
        town=top.get("town", str),
        region=top.get("region", str),
        language=top.choice("language", ("sv", "en"), "sv"),
        password=top.get("password", str),
        counter_password=top.get("counter_password", str),
        key_service=top.get("key_service", bool, False),
        guard=top.get("guard", str, ""),
        people=tuple(_person(table) for table in top.tables("person")),
        installers=tuple(_installer(table) for table in top.tables("installer")),
    )
    top.done()
    return described


def _person(table: HouseTable) -> PersonDescription:
    person = PersonDescription(
        name=table.get("name", str),
        full_name=table.get("full_name", str),
        phone=table.get("phone", str, ""),
        email=table.get("email", str, ""),
        authority=table.choice("authority", (*LEVELS, _NOBODY), _NOBODY),
        panel_user=table.within("panel_user", _USERS) if table.given({"panel_user": int}) else 0,
        contact=table.within("contact", _POSITIONS) if table.given({"contact": int}) else 0,
        has_key=table.get("has_key", bool, False),
        fire_neighbour=table.get("fire_neighbour", bool, False),
    )
    table.done()
    return person


def _installer(table: HouseTable) -> InstallerDescription:
    installer = InstallerDescription(
        name=table.get("name", str),
        full_name=table.get("full_name", str),
        phone=table.get("phone", str, ""),
        company=table.get("company", str),
        police_approval_days=table.within("police_approval_days", _DAYS),
        fire_certificate_days=table.within("fire_certificate_days", _DAYS),
    )
    table.done()
    return installer
