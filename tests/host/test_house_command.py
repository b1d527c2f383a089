"""`hemlarm sim open`: what it takes, and what it says of what makes no sense."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from hemlarm_cloud.provision import PanelCredentials
from hemlarm_simulator.cli import app
from hemlarm_simulator.description import HOUSES
from hemlarm_simulator.house_table import HouseError
from hemlarm_simulator.page.command import UsageError, chosen_houses, parsed_listen
from hemlarm_simulator.page.scene import titles


def test_houses_are_taken_in_turn_for_so_many_panels() -> None:
    villa, reference = chosen_houses(["villa", "reference"], 1)
    assert chosen_houses(["villa", "reference"], 5) == [villa, reference, villa, reference, villa]
    assert len(chosen_houses(["villa", "reference", "dog-house"], 1)) == 3


def test_houses_of_one_title_are_numbered() -> None:
    villa, reference = chosen_houses(["villa", "reference"], 2)
    assert titles([villa, reference]) == [villa.title, reference.title]
    assert titles([villa, reference, villa]) == [f"{villa.title} 1", reference.title, f"{villa.title} 2"]


def test_a_house_s_own_file_will_do() -> None:
    assert chosen_houses([str(HOUSES / "villa.toml")], 1) == chosen_houses(["villa"], 1)
    with pytest.raises(HouseError):
        chosen_houses(["no-such-house"], 1)
    with pytest.raises(HouseError):
        chosen_houses(["no-such-house.toml"], 1)


def test_where_to_listen_is_a_host_and_a_port() -> None:
    assert parsed_listen("127.0.0.1:8700") == ("127.0.0.1", 8700)
    assert parsed_listen("[::1]:0") == ("::1", 0)
    for wrong in ("8700", "127.0.0.1:", "127.0.0.1:99999", ":8700", "127.0.0.1:x"):
        with pytest.raises(UsageError):
            parsed_listen(wrong)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--house", "vila"], "villa"),
        (["--listen", "8700"], "HOST:PORT"),
        (["--cloud", "https://cloud.example"], "go together"),
        (["--credentials", "missing.cbor"], "cannot be read"),
        (["--broker", "post"], "nats"),
    ],
)
def test_what_makes_no_sense_is_wrong_usage_and_starts_nothing(arguments: list[str], said: str) -> None:
    result = CliRunner().invoke(app, ["sim", "open", "--no-browser", *arguments])
    assert result.exit_code == 2
    assert said in result.output


def test_a_cloud_elsewhere_needs_credentials_for_each_panel(tmp_path: Path) -> None:
    own = PanelCredentials(bytes(8), bytes(32), "cloud.example", 8883, b"", b"", b"")
    file = tmp_path / "panel.cbor"
    file.write_bytes(own.to_cbor())
    arguments = ["--cloud", "https://cloud.example", "--credentials", str(file), "--panels", "2"]
    result = CliRunner().invoke(app, ["sim", "open", "--no-browser", *arguments])
    assert result.exit_code == 2
    assert "2 panels need 2 --credentials" in result.output
