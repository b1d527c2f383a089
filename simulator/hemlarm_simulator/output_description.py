"""The plugs and locks of a house as its file describes them: a table [[output]] each."""

from dataclasses import dataclass
from typing import Any

from hemlarm_simulator.house_table import HouseError, HouseTable

KINDS = ("plug", "lock")
LOADS_W = (0, 3_000)
"""What may hang on a plug."""


@dataclass(frozen=True)
class OutputDescription:
    """One of them. `label` is what people call it; what hangs on a plug takes `load_w`."""

    name: str
    kind: str
    number: int
    label: str = ""
    load_w: int = 0

    def panel_config(self) -> dict[int | str, Any]:
        """The output in the panel's configuration."""
        output: dict[int | str, Any] = {"number": self.number, "kind": self.kind}
        if self.label:
            output["name"] = self.label
        return output


def read_output(table: HouseTable) -> OutputDescription:
    """Read one table. Raises HouseError."""
    output = OutputDescription(
        name=table.get("name", str),
        kind=table.choice("kind", KINDS),
        number=table.get("number", int),
        label=table.get("label", str, ""),
        load_w=table.get("load_w", int, 0),
    )
    table.done()
    least, most = LOADS_W
    if not least <= output.load_w <= most or (output.load_w and output.kind != "plug"):
        raise HouseError(f"{table.where}: load_w = {output.load_w} is not a plug's load from {least} to {most} W")
    return output
