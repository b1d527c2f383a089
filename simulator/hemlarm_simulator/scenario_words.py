"""What a scenario can say: the statements, each read by `scenario_moves.py` or `scenario_expectations.py`."""

from hemlarm_simulator.description import HouseDescription
from hemlarm_simulator.scenario_expectations import expect
from hemlarm_simulator.scenario_moves import MOVES
from hemlarm_simulator.scenario_text import Expectation, Move, Parser, Words, WordsError

STATEMENTS: dict[str, Parser] = {**MOVES, "expect": expect}


def parse(text: str, house: HouseDescription) -> Move | Expectation:
    """Reads one statement. Raises WordsError, UnknownNameError."""
    words = Words(text)
    statement = STATEMENTS[words.choice(STATEMENTS, "statement")](words, house)
    if words:
        raise WordsError(f"nothing can stand behind here: {words.rest()!r}")
    return statement
