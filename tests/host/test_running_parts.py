"""Which parts of the cloud run, and how they are set up."""

from pathlib import Path

import pytest

from cloud_terminal import Terminal
from hemlarm_cloud.parts import NAMES
from hemlarm_cloud.settings import SettingsError, load_settings


def test_an_unknown_part_is_told_with_the_known_ones(tmp_path: Path) -> None:
    result = Terminal(tmp_path).run("run", "--parts", "cases,coffee")
    assert result.exit_code == 2
    assert "'coffee'" in result.stderr
    assert ",".join(NAMES) in result.stderr
    assert list(tmp_path.iterdir()) == [], "nothing was begun"


def test_where_the_api_listens_is_set(tmp_path: Path) -> None:
    (tmp_path / "hemlarm.toml").write_text('api_listen = "127.0.0.1:8480"\napi_shared = "yes"\nlog = "json"\n')
    found = load_settings(tmp_path / "hemlarm.toml", {}, {})
    assert (found.api_listen, found.api_shared, found.log) == (("127.0.0.1", 8480), "yes", "json")
    assert load_settings(None, {}, {}).api_listen is None, "nothing is served unless it is asked for"


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("api_certificate", "api.pem", "api_key"),
        ("api_key", "key.pem", "api_certificate"),
        ("api_shared", "yes", "api_listen"),
        ("sos_access_tls_listen", "0.0.0.0:2001", "sos_access_certificate"),
        ("api_shared", "maybe", "yes or no"),
        ("log", "xml", "text, json"),
        ("api_listen", "8480", "an address and a port"),
    ],
)
def test_a_setting_that_cannot_be_is_told(key: str, value: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        load_settings(None, {f"HEMLARM_{key.upper()}": value}, {})
