"""The stories, played by the real firmware: those that come along, and every example in docs/scenarios.md."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hemlarm_simulator.description import HouseDescription
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.scenario import SCENARIOS, parse_scenario, read_scenario
from hemlarm_simulator.scenario_run import play, run_scenarios
from hemlarm_simulator.virtual.world import VirtualWorld

PAGE = Path(__file__).parents[2] / "docs" / "scenarios.md"
EXAMPLES = re.findall(r"^```scenario\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
ALONG = sorted(SCENARIOS.glob("*.txt"))
SOME = ALONG[::12]
"""Of each kind one or two, and of every house: all of them twice again would take a minute."""


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[ForkServer]:
    with ForkServer() as server:
        yield server


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("path", ALONG, ids=lambda path: path.stem)
def test_a_story_comes_out_as_it_is_told(server: ForkServer, path: Path, seed: int) -> None:
    scenario = read_scenario(path)
    result = play(scenario, server, seed)
    assert result.failure == ""
    assert result.passed
    assert result.virtual_s >= scenario.steps[-1].at_ms / 1000


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_of_the_page_comes_out(server: ForkServer, number: int) -> None:
    assert play(parse_scenario(EXAMPLES[number], f"example {number + 1}"), server).failure == ""


def test_the_page_has_examples() -> None:
    assert len(EXAMPLES) >= 3


def _digest(server: ForkServer, path: Path, seed: int) -> str:
    scenario = read_scenario(path)
    digests = []

    class Recorded(VirtualWorld):
        def close(self) -> None:
            digests.append(self.ledger.sha256())
            super().close()

    def recorded(server: ForkServer, house: HouseDescription) -> Recorded:
        return Recorded(server, house, seed, began_unix_ms=scenario.began_unix_ms)

    assert play(scenario, server, seed, recorded).failure == ""
    return digests[0]


@pytest.mark.parametrize("path", SOME, ids=lambda path: path.stem)
def test_one_seed_gives_the_same_bytes_flash_outputs_and_rows(server: ForkServer, path: Path) -> None:
    seen = {_digest(server, path, seed=5) for _ in range(2)}
    with ForkServer() as another:
        seen.add(_digest(another, path, seed=5))
    assert len(seen) == 1


def test_another_seed_gives_other_bytes(server: ForkServer) -> None:
    assert _digest(server, ALONG[0], 5) != _digest(server, ALONG[0], 6)


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ("at 5s expect siren fire", "test.txt:2: at 5 s: expect siren fire: but the siren is off"),
        ("at 5s expect armed", "test.txt:2: at 5 s: expect armed: but the panel is disarmed"),
        ("at 5s expect display Hello", "but the display says 'Disarmed Ready'"),
        ("at 5s expect event 1130", "but the cloud has 0 such events instead of 1; it has stored 1305"),
        ("at 5s expect no event 1305", "but the cloud has 1 such events instead of 0"),
        ("at 5s expect command done", "but no command was sent before"),
        ("at 1ms expect same configuration", "but the cloud has not read the configuration"),
        ("at 5s expect siren sounded at least 1s", "but the siren has sounded for 0 s"),
        (
            "at 5s change areas 1 entry_s=45\nat 8s expect same configuration\n"
            "  cut network\n  code 1234 ok\n  key up up ok ok\nat 12s expect same configuration",
            "but the panel is at revision 2, the cloud at 1",
        ),
        ("at 1ms expect everything acknowledged", "but the events [1] are not acknowledged"),
        ("at 5s command arm-away\n  expect command done", "but the panel has not answered"),
        (
            "at 5s open kitchen-door\nat 6s command arm-away\nat 7s expect command done",
            "but the panel answered refused",
        ),
    ],
)
def test_what_does_not_come_out_is_told_with_what_was_there(server: ForkServer, lines: str, complaint: str) -> None:
    result = play(parse_scenario("house villa\n" + lines, "test.txt"), server)
    assert not result.passed
    assert complaint in result.failure


def test_results_are_told_as_tools_expect_them() -> None:
    results = run_scenarios([SCENARIOS / "fire-cooking-smoke.txt"], seed=3)
    assert [result.to_json() for result in results] == [
        {"name": "fire-cooking-smoke", "passed": True, "virtual_s": 362.0, "seed": 3, "failure": ""}
    ]
