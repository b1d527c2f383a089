"""The board of a simulated panel that runs from its slots: `board_choice.py` takes it from beside the image."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

here: "Any" = None
"""The board that this process plays."""


def board(slots: "Any") -> "Any":
    """That board, which the firmware runs on from these slots."""
    here.run_from(slots)
    return here
