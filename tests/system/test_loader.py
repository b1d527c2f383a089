"""`firmware/main.py` and the loader as they ship, in a process of MicroPython's: what starts is what was signed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import images
from hemlarm_installer.firmware_build import compiled_loader

MICROPYTHON = Path(sys.executable).with_name("micropython")
RUNS = (
    "import sys\ndef run(started):\n    slots = started.open()\n"
    "    print('runs', slots.running.version, slots.on_trial, slots.note)\n"
)
LATE = "    from hemlarm_firmware import late\n    print('late', late.VALUE)\n"
CONFIRMS = "    slots.confirm()\n"
CRASHES = "    raise ValueError('planted')\n"


def modules(run: str = "") -> dict[str, bytes]:
    """The firmware: it says what runs, then does what `run` adds."""
    return {
        "hemlarm_firmware/__init__.py": b"",
        "hemlarm_firmware/start.py": (RUNS + run).encode(),
        "hemlarm_firmware/late.py": b"VALUE = 'as signed'\n",
    }


@pytest.fixture(name="board")
def _board(tmp_path: Path) -> Path:
    for place, code in compiled_loader().items():
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).write_bytes(code)
    (tmp_path / "board").write_text("simulated\n")
    (tmp_path / "trust").write_bytes(images.TEST_KEY.public)
    (tmp_path / "a.img").write_bytes(images.signed_image(1005, modules()))
    return tmp_path


def start(board: Path) -> list[str]:
    """What it prints from power-on until it ends or restarts."""
    done = subprocess.run(
        [MICROPYTHON, "main.py"],
        cwd=board,
        env={key: value for key, value in os.environ.items() if key != "MICROPYPATH"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=20,
        check=False,
    )
    return done.stdout.splitlines()


def offer(board: Path, update: dict[str, bytes], **fields: object) -> None:
    """Have the next start try an update: what the firmware does, by the loader's own modules."""
    (board / "b.part").write_bytes(images.signed_image(1006, update, **fields))  # type: ignore[arg-type]
    program = (
        "from hemlarm_boot.slots import Slots\nslots = Slots()\nslots.begin()\nassert slots.try_spare(None) == 0\n"
    )
    subprocess.run([MICROPYTHON, "-c", program], cwd=board, check=True, timeout=20)


def test_a_signed_firmware_starts(board: Path) -> None:
    assert start(board) == ["runs 1005 False None"]


def test_without_one_the_loader_says_so_and_stays(board: Path) -> None:
    (board / "a.img").write_bytes(images.signed_image(1005, modules(), key=images.OTHER_KEY))
    (board / "hemlarm_firmware").mkdir()
    (board / "hemlarm_firmware" / "start.py").write_text(RUNS)
    assert start(board) == [
        "Hemlarm: no signed firmware for this board here; install it again by `hemlarm install flash`"
    ]


def test_nothing_is_imported_from_beside_the_image(board: Path) -> None:
    (board / "a.img").write_bytes(images.signed_image(1005, modules("    import planted\n")))
    (board / "planted.py").write_text("print('planted')\n")
    printed = start(board)
    assert printed[0] == "runs 1005 False None"
    assert printed[-1] == "ImportError: no module named 'planted'"


def test_a_file_of_the_image_hides_one_on_the_file_system(board: Path) -> None:
    (board / "a.img").write_bytes(images.signed_image(1005, modules(LATE)))
    (board / "hemlarm_firmware").mkdir()
    (board / "hemlarm_firmware" / "late.py").write_text("VALUE = 'planted'\n")
    assert start(board)[-1] == "late as signed"


def test_an_update_is_tried_and_stays(board: Path) -> None:
    offer(board, modules(CONFIRMS))
    assert start(board) == ["runs 1006 True None"]
    assert start(board) == ["runs 1006 False None"]


def test_an_update_that_crashes_as_it_starts_is_rolled_back_at_once(board: Path) -> None:
    for update in (modules(CRASHES), {**modules(), "hemlarm_firmware/start.py": b"import nothing_of_the_kind\n"}):
        offer(board, update)
        assert "Error" in start(board)[-1]
        assert start(board) == ["runs 1005 False (1006, 8)"]


def test_a_file_swapped_while_an_update_runs_is_not_run_and_ends_it(board: Path) -> None:
    swap = (
        "    image = open('b.img', 'rb').read()\n"
        "    open('b.img', 'wb').write(image.replace(b'as signed', b'as swappd'))\n"
    )
    offer(board, modules(swap + LATE))
    printed = start(board)
    assert printed[0] == "runs 1006 True None"
    assert printed[-1] == "OSError: [Errno 5] EIO"
    assert start(board) == ["runs 1005 False (1006, 12)"]
