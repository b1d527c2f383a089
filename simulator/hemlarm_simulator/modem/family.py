"""The two families of modems, by what differs: names, start-up lines, power key, and how they ask for data.

From the makers' AT and hardware manuals: Quectel EG915U and EC2x, SIMCom A76xx and SIM7600. Where a manual gives a
typical and a longest start-up time ours lies between; drivers in the field wait 15 s before they expect an answer.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """One maker's modem. Times of the power key are how long it must be pressed."""

    name: str
    maker: str
    model: str
    revision: str
    imei: str
    identification: tuple[str, ...]
    ready_line: str
    start_ms: int
    key_on_ms: int
    key_off_ms: int
    off_line: str
    data_prompt: bytes
    start_lines: tuple[tuple[int, str], ...]

    @property
    def quectel(self) -> bool:
        """Which of the two it is."""
        return self.name == "quectel"


_QUECTEL = Family(
    name="quectel",
    maker="Quectel",
    model="EG915U",
    revision="EG915UEUABR03A07M08",
    imei="869339060000013",
    identification=("Quectel", "EG915U", "Revision: EG915UEUABR03A07M08"),
    ready_line="RDY",
    start_ms=12_000,
    key_on_ms=2_000,
    key_off_ms=3_000,
    off_line="POWERED DOWN",
    data_prompt=b"\r\n> ",
    start_lines=((3_000, "+QIND: SMS DONE"), (4_500, "+QIND: PB DONE")),
)

_SIMCOM = Family(
    name="simcom",
    maker="INCORPORATED",
    model="A7670E-FASE",
    revision="A011B07A7670M7_F",
    imei="862205050000011",
    identification=(
        "Manufacturer: INCORPORATED",
        "Model: A7670E-FASE",
        "Revision: A7670M7_V1.11.1",
        "IMEI: 862205050000011",
        "+GCAP: +CGSM,+FCLASS,+DS",
    ),
    ready_line="*ATREADY: 1",
    start_ms=9_000,
    key_on_ms=50,
    key_off_ms=2_500,
    off_line="NORMAL POWER DOWN",
    data_prompt=b"\r\n>",
    start_lines=((3_000, "SMS DONE"), (5_000, "PB DONE")),
)

FAMILIES = {family.name: family for family in (_QUECTEL, _SIMCOM)}


def family_named(name: str) -> Family:
    """Returns the family. Raises ValueError naming those there are."""
    if name not in FAMILIES:
        raise ValueError(f"no modem family is called {name!r}; there are {', '.join(sorted(FAMILIES))}")
    return FAMILIES[name]
