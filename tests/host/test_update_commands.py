"""`hemlarm update` from a terminal: a release is built, signed, checked and shown, and mistakes name their remedy."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from hemlarm_installer import bundling
from hemlarm_installer.update_commands import update_app
from hemlarm_protocol import bundle
from images import OTHER_KEY, TEST_KEY, signed_image

ROOT = Path(__file__).parents[2]
BUILD = ("build", "--board", "simulated", "--built-at", "1770000000")


def ask(*words: object) -> Any:
    """What a command that succeeds says with --json."""
    result = CliRunner().invoke(update_app, [*map(str, words), "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def refusal(status: int, *words: object) -> str:
    """What a command that fails with this status says."""
    result = CliRunner().invoke(update_app, [*map(str, words)])
    assert result.exit_code == status, result.output
    return result.stderr.strip()


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """An image that is signed by the tests' key, with that key's `trust` beside it."""
    (tmp_path / "trust").write_bytes(TEST_KEY.public)
    (tmp_path / "release.img").write_bytes(signed_image(1005))
    return tmp_path / "release.img"


def test_a_release_is_built_signed_and_verified(tmp_path: Path) -> None:
    made, image = ask("keygen", tmp_path / "key", "--levels", "5"), tmp_path / "release.img"
    built = ask(*BUILD, "--version", "7.12", "--floor", "7.3", "--cloud-key", "ab" * 32, "--out", image)
    assert (built["version"], built["floor"], built["signed"]) == ("7.12", "7.3", False)
    assert (built["built"], built["cloud_key"]) == ("2026-02-02T02:40:00+00:00", "ab" * 32)
    assert ask("sign", image, "--key", tmp_path / "key") == {"file": str(image), "leaf": 0, "left": 31}
    checked = ask("verify", image, "--trust", tmp_path / "key" / "trust")
    assert (checked["key"], checked["digest"], checked["signed"]) == (made["key"], built["digest"], True)
    assert ask("show", image)["contents"][0]["name"] == "hemlarm_firmware/__init__.mpy"
    assert not list(tmp_path.glob("*.part"))


def test_what_would_be_regretted_of_an_image_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = bundle.parse(signed_image(1005, board="desk"))
    image = bundle.image(made.head_bytes, b"", made.files)
    monkeypatch.setattr(bundling, "unsigned_image", lambda *words, **more: image)
    monkeypatch.setattr(bundling, "last_commit", lambda: bundling.Commit(1, "c0ffee", False))
    result = CliRunner().invoke(update_app, ["build", "--board", "desk", "--out", str(tmp_path / "image")])
    assert result.exit_code == 0
    assert "changes that are in no commit" in result.stderr
    assert "knows no cloud" in result.stderr


def test_a_cloud_key_may_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "cloud").write_bytes(bytes(range(32)))
    built = ask(*BUILD, "--cloud-key", tmp_path / "cloud", "--out", tmp_path / "image")
    assert built["cloud_key"] == bytes(range(32)).hex()
    (tmp_path / "printed").write_text("ab" * 32 + "\n")
    built = ask(*BUILD, "--cloud-key", tmp_path / "printed", "--out", tmp_path / "another")
    assert built["cloud_key"] == "ab" * 32
    (tmp_path / "cloud").write_bytes(bytes(31))
    assert "32 bytes" in refusal(2, *BUILD, "--cloud-key", tmp_path / "cloud", "--out", tmp_path / "image")


def test_what_short_names_mean_is_written_beside_an_image(tmp_path: Path) -> None:
    ask(*BUILD, "--out", tmp_path / "image", "--names", tmp_path / "names")
    assert "hemlarm_firmware.app" in json.loads((tmp_path / "names").read_text())


def test_a_release_can_be_built_again_by_whoever_checks_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundling, "last_commit", lambda: bundling.Commit(1_770_000_000, "", True))
    (tmp_path / "trust").write_bytes(TEST_KEY.public)
    made = bundle.parse(bundling.unsigned_image("simulated", 1_770_000_000))
    other = {**made.files, "hemlarm_firmware/start.mpy": b"M\x06 another"}
    for name, files in (("same", made.files), ("other", other)):
        head = bundle.head_of(
            made.head.version, made.head.floor, 2, made.head.abi, 1_770_000_000, "simulated", bytes(32), files
        )
        (tmp_path / name).write_bytes(bundle.image(head, TEST_KEY.sign(head, 0), files))
    assert ask("verify", tmp_path / "same", "--trust", tmp_path / "trust", "--rebuild")["rebuilt"]
    text = refusal(1, "verify", tmp_path / "other", "--trust", tmp_path / "trust", "--rebuild")
    assert "differs in hemlarm_firmware/start.mpy" in text


def test_an_image_that_another_key_signed_is_refused(release: Path, tmp_path: Path) -> None:
    (tmp_path / "trust").write_bytes(OTHER_KEY.public)
    assert "signature is wrong" in refusal(1, "verify", release, "--trust", tmp_path / "trust")
    (tmp_path / "trust").write_bytes(OTHER_KEY.public + TEST_KEY.public)
    assert ask("verify", release, "--trust", tmp_path / "trust")["key"] == TEST_KEY.public[8:24].hex()


def test_an_image_that_nobody_signed_is_refused(release: Path, tmp_path: Path) -> None:
    made = bundle.parse(release.read_bytes())
    release.write_bytes(bundle.image(made.head_bytes, b"", made.files))
    assert "not signed" in refusal(1, "verify", release, "--trust", tmp_path / "trust")


def test_a_changed_image_is_refused(release: Path, tmp_path: Path) -> None:
    release.write_bytes(release.read_bytes()[:-1] + b"x")
    assert "is not what the head says" in refusal(1, "verify", release, "--trust", tmp_path / "trust")


def test_a_signed_image_is_not_signed_again_and_stays_as_it_was(release: Path, tmp_path: Path) -> None:
    ask("keygen", tmp_path / "key", "--levels", "5")
    before = release.read_bytes()
    assert "signed already" in refusal(1, "sign", release, "--key", tmp_path / "key")
    assert release.read_bytes() == before


def test_what_is_wrong_with_a_command_is_told_with_its_remedy(release: Path, tmp_path: Path) -> None:
    out, unsigned, made = tmp_path / "out", tmp_path / "unsigned", bundle.parse(release.read_bytes())
    unsigned.write_bytes(bundle.image(made.head_bytes, b"", made.files))
    for status, text, words in (
        (2, "there are desk, esp32-s3", ("build", "--board", "esp8266", "--built-at", "1", "--out", out)),
        (2, "'five' is no version", (*BUILD, "--version", "five", "--out", out)),
        (1, "nothing could run any more", (*BUILD, "--version", "1.5", "--floor", "1.6", "--out", out)),
        (1, "No such file", ("show", tmp_path / "nothing")),
        (1, "keygen", ("sign", unsigned, "--key", tmp_path / "nothing")),
        (1, "5, 10, 15 levels", ("keygen", tmp_path / "key", "--levels", "6")),
    ):
        assert text in refusal(status, *words), words
    assert not out.exists()


def test_a_key_that_was_copied_is_taken_over(release: Path, tmp_path: Path) -> None:
    made = bundle.parse(release.read_bytes())
    release.write_bytes(bundle.image(made.head_bytes, b"", made.files))
    ask("keygen", tmp_path / "key", "--levels", "5")
    (tmp_path / "key" / "used").write_bytes(b'{"home": "elsewhere", "index": 2}\n')
    assert "take-over" in refusal(1, "sign", release, "--key", tmp_path / "key")
    assert ask("take-over", tmp_path / "key", "--skip", "4") == {"next": 7}
    assert ask("sign", release, "--key", tmp_path / "key")["leaf"] == 7


def test_sources_without_a_commit_want_a_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundling, "_git", lambda *words: "")
    text = refusal(1, "build", "--board", "simulated", "--out", tmp_path / "out")
    assert "give --built-at SECONDS" in text


def test_an_outdated_bill_of_materials_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    out = tmp_path / "sbom.json"
    assert "write it with `hemlarm update sbom`" in refusal(1, "sbom", "--check", "--out", out)
    assert ask("sbom", "--out", out)["components"] > 100
    ask("sbom", "--check", "--out", out)
    out.write_text(out.read_text().replace("esptool", "esptoll"))
    assert "is not current" in refusal(1, "sbom", "--check", "--out", out)
