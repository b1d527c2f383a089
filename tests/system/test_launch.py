"""The fork server: panels start, end, die and leave nothing behind."""

import os
import select
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from hemlarm_simulator.launch import ForkServer, LaunchError, PanelProcess

END_S = 10


@pytest.fixture(name="server")
def _server() -> Iterator[ForkServer]:
    with ForkServer() as server:
        yield server


def script(folder: Path, source: str) -> Path:
    file = folder / "script.py"
    file.write_text("f = open(3, 'r+b')\n" + textwrap.dedent(source))
    return file


def read_all(process: PanelProcess) -> bytes:
    process.stream.settimeout(END_S)
    data = b""
    while chunk := process.stream.recv(4096):
        data += chunk
    return data


def test_a_panel_speaks_over_descriptor_3_and_its_exit_status_comes_back(server: ForkServer, tmp_path: Path) -> None:
    process = server.start(script(tmp_path, "f.write(b'heard ' + f.read(4))\nimport sys\nsys.exit(7)\n"))
    process.stream.sendall(b"door")
    assert read_all(process) == b"heard door"
    assert process.wait(END_S) == 7


def test_a_panel_has_the_heap_that_it_was_given(server: ForkServer, tmp_path: Path) -> None:
    source = "import gc\nf.write(b'%d' % (gc.mem_free() + gc.mem_alloc()))\n"
    sizes = [int(read_all(server.start(script(tmp_path, source), heap=heap))) for heap in ("96k", "192k")]
    assert 90_000 < sizes[0] < 96 * 1024
    assert 180_000 < sizes[1] < 192 * 1024


def test_a_panel_finds_its_modules_and_its_variables(server: ForkServer, tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "greeting.py").write_text("WORDS = b'good day'\n")
    source = "import greeting, os\nf.write(greeting.WORDS + os.getenv('NAME').encode())\n"
    process = server.start(script(tmp_path, source), search_path=[tmp_path / "lib"], environment={"NAME": " anna"})
    assert read_all(process) == b"good day anna"


def test_a_crash_is_told_with_what_was_printed(server: ForkServer, tmp_path: Path) -> None:
    process = server.start(script(tmp_path, "print('up to here')\nraise ValueError('no zone 9')\n"))
    assert process.wait(END_S) == 1
    assert "up to here" in process.log()
    assert "ValueError: no zone 9" in process.log()


def test_a_killed_panel_is_gone_at_once_and_the_others_live(server: ForkServer, tmp_path: Path) -> None:
    file = script(tmp_path, "f.write(f.read(2))\n")
    first, second = server.start(file), server.start(file)
    assert first.kill() == -signal.SIGKILL
    assert first.kill() == -signal.SIGKILL
    second.stream.sendall(b"ok")
    assert read_all(second) == b"ok"


def test_waiting_for_a_panel_that_runs_gives_nothing(server: ForkServer, tmp_path: Path) -> None:
    assert server.start(script(tmp_path, "f.read(1)\n")).wait(timeout_s=0) is None


def test_a_panel_holds_no_descriptor_but_its_own(server: ForkServer, tmp_path: Path) -> None:
    file = script(tmp_path, "f.write(b'up')\nf.read(1)\n")
    server.start(file)
    process = server.start(file)
    assert process.stream.recv(2) == b"up"
    assert sorted(int(link.name) for link in Path(f"/proc/{process.pid}/fd").iterdir()) == [0, 1, 2, 3]


def test_objects_have_the_same_addresses_in_every_run(tmp_path: Path) -> None:
    file = script(tmp_path, "f.write(b'%x' % id(f))\n")
    seen = set()
    for _ in range(3):
        with ForkServer() as server:
            seen.add(read_all(server.start(file)))
            if not server.fixed_addresses:
                pytest.skip("this system forbids personality(ADDR_NO_RANDOMIZE)")
    assert len(seen) == 1


def test_a_missing_script_is_told(server: ForkServer, tmp_path: Path) -> None:
    with pytest.raises(LaunchError, match=r"nothing\.py: no such script"):
        server.start(tmp_path / "nothing.py")


def test_panels_end_with_their_server(tmp_path: Path) -> None:
    with ForkServer() as server:
        process = server.start(script(tmp_path, "f.read(1)\n"))
    assert not Path(f"/proc/{process.pid}").exists()


def test_panels_end_when_their_server_is_killed(tmp_path: Path) -> None:
    with ForkServer() as server:
        process = server.start(script(tmp_path, "f.write(b'up')\nwhile True:\n    pass\n"))
        assert process.stream.recv(2) == b"up"
        end = os.pidfd_open(process.pid)
        os.kill(server.pid, signal.SIGKILL)
        assert _ended(end)
        os.close(end)


def test_server_and_panels_end_when_their_program_is_killed(tmp_path: Path) -> None:
    file = script(tmp_path, "f.read(1)\nwhile True:\n    pass\n")
    program = f"""
        import sys
        from pathlib import Path
        from hemlarm_simulator.launch import ForkServer
        server = ForkServer()
        process = server.start(Path({str(file)!r}))
        print(process.pid, server.pid, flush=True)
        sys.stdin.read()
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        text=True,
    ) as child:
        assert child.stdout is not None
        pids = [int(word) for word in child.stdout.readline().split()]
        ends = [os.pidfd_open(pid) for pid in pids]
        child.kill()
    for end in ends:
        signalled = _ended(end)
        os.close(end)
        assert signalled


def _ended(pidfd: int) -> bool:
    poller = select.poll()
    poller.register(pidfd, select.POLLIN)
    return bool(poller.poll(END_S * 1000))
