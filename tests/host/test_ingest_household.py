"""What the ingest makes of readings and of commands with a code: the last are kept, and no code outlives its use."""

import pytest

from hemlarm_cloud.ingest.readings import readings_of
from hemlarm_cloud.ingest.requests_sent import CODE_PURPOSE
from hemlarm_cloud.store import Command, StoreError
from hemlarm_protocol import household
from ingest_support import Bench

COMMAND_ID = b"12345678"


@pytest.fixture
def bench(store_url: str) -> Bench:
    return Bench(store_url)


def tell(bench: Bench, *items: int) -> None:
    """The panel tells these readings."""
    bench.panel.end.tell(household.Readings(items))
    bench.settle()


def readings(bench: Bench) -> dict[tuple[int, int], int]:
    with bench.store.read() as reading:
        return readings_of(reading, bench.panel.id)


def ask(bench: Bench, sealed_for: bytes = COMMAND_ID) -> None:
    """Somebody asks to unlock, with a code."""
    sealed = bench.vault.seal(CODE_PURPOSE, sealed_for.hex(), b"1234")
    command = Command(COMMAND_ID, bench.panel.id, "anna", 14, 1, 7, bench.now_ms, bench.now_ms + 60_000, code=sealed)
    with bench.store.begin() as tx:
        tx.add_command(command)


def code_of(bench: Bench) -> bytes | None:
    with bench.store.read() as reading:
        command = reading.command(COMMAND_ID)
    assert command is not None
    return command.code


def test_the_last_readings_take_the_place_of_all_before(bench: Bench) -> None:
    bench.connect()
    tell(bench, 1, 5, 1215, 3, 2, 1, 4, 1, 0)
    assert readings(bench) == {(1, 5): 1215, (3, 2): 1, (4, 1): 0}
    tell(bench, 3, 2, 0, 9, 1, 1)
    assert readings(bench) == {(3, 2): 0}, "another kind is not known here"


def test_readings_that_could_not_be_stored_are_stored_with_the_next_commit(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.connect()
    bench.panel.end.tell(household.Readings([2, 1, 1]))
    for frame in bench.panel.end.to_send():
        bench.core.receive(bench.panel.id, frame, bench.now_ms)

    def fails() -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(bench.store, "begin", fails)
        with pytest.raises(StoreError):
            bench.core.commit(bench.now_ms)
    bench.core.commit(bench.now_ms)
    assert readings(bench) == {(2, 1): 1}


def test_a_code_goes_with_its_command_and_is_gone_with_the_answer(bench: Bench) -> None:
    bench.connect()
    ask(bench)
    bench.down([frame for _, frame in bench.core.pump(bench.now_ms)])
    (message,) = [fact[1] for fact in bench.panel.end.happenings() if fact[0] == "command"]
    assert message == household.CodedCommand(COMMAND_ID, 14, 1, 7, message.expires, b"1234")
    assert code_of(bench)
    bench.panel.end.answer(COMMAND_ID, 1, 3)
    bench.settle()
    assert code_of(bench) is None


def test_a_code_is_gone_with_the_expiry_of_its_command(bench: Bench) -> None:
    ask(bench)
    bench.core.pump(bench.now_ms + 59_999)
    assert code_of(bench)
    bench.core.expire(bench.now_ms + 60_000)
    assert code_of(bench) is None


def test_a_code_of_another_command_is_never_sent(bench: Bench) -> None:
    bench.connect()
    ask(bench, sealed_for=b"87654321")
    assert bench.core.pump(bench.now_ms) == []
    assert bench.core.refusal_counts()["a command whose code does not open"] == 1
