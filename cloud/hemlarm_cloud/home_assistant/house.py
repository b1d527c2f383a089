"""A home as Home Assistant is told of it: what there is, and how it is now. Pure data."""

from typing import NamedTuple

from hemlarm_cloud.homes.readings import Reading


class Area(NamedTuple):
    """One area; `state` and `phase` as in `homes.arming`, and whether one of its zones is in alarm."""

    number: int
    name: str
    state: str | None
    phase: str
    alarm: bool


class Zone(NamedTuple):
    """One zone, its type and sensor as in the configuration, "" where they are not known; whether it is in alarm."""

    number: int
    name: str
    kind: str
    sensor: str
    alarm: bool


class Panel(NamedTuple):
    """One transmitter of a site. `contact` is why nothing is known of it now ("mobile", "no-contact"), else "".

    Battery and mains are None where nobody has told. The limits are what its household allows from afar.
    """

    id: str
    name: str
    contact: str
    areas: tuple[Area, ...]
    zones: tuple[Zone, ...]
    fault: bool
    battery_percent: int | None = None
    mains: bool | None = None
    disarm: str = "never"
    unlock: str = "never"


class House(NamedTuple):
    """One site. With `commands` its Home Assistant may ask for something."""

    site: int
    name: str
    language: str
    panels: tuple[Panel, ...]
    readings: tuple[Reading, ...]
    commands: bool
