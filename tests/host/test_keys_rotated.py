"""A panel's root key is changed: the derivation against another library, and what ingest and store make of it."""

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hemlarm_cloud.actor import SYSTEM
from hemlarm_cloud.errors import ConflictError, NotFoundError, RefusedError
from hemlarm_cloud.keys import ending, rotation
from hemlarm_cloud.store.schema_keys import panel_rekey
from hemlarm_protocol import cbor, rekeying, upkeep, x25519
from ingest_support import BURGLARY, PANEL, ROOT_KEY, Bench
from registered_site import OPERATOR

OF_PANEL = bytes(range(50, 82))


@pytest.fixture(autouse=True)
def _firmware_that_can(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "REKEY_FIRMWARE", 1_000)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def ask(bench: Bench) -> bytes:
    with bench.store.begin() as tx:
        return rotation.ask(tx, bench.vault, SYSTEM, bench.panel.id, bench.panel.random, bench.now_ms)


def state(bench: Bench) -> str:
    with bench.store.read() as reading:
        row = rotation.latest(reading, bench.panel.id)
    assert row is not None
    return str(row.state)


def pump(bench: Bench) -> list[upkeep.Rekey]:
    """Let the ingest say what waits, and return the requests that the panel has heard since."""
    heard = len(bench.panel.happened)
    bench.pass_time(1_000)
    bench.down([frame for _, frame in bench.core.pump(bench.now_ms)])
    bench.settle()
    return [fact[1] for fact in bench.panel.happened[heard:] if fact[0] == "upkeep"]


def answer(bench: Bench, asked: upkeep.Rekey, secret: bytes = OF_PANEL) -> bytes:
    """Answer as the panel, and return the root key that follows."""
    bench.panel.end.tell(upkeep.Rekeyed(asked.id, x25519.public_key(secret)))
    bench.settle()
    return rekeying.next_root(ROOT_KEY, x25519.shared_secret(secret, asked.public), PANEL, asked.id)


def greet(bench: Bench, root_key: bytes) -> None:
    rekeying.greet_under(bench.panel.end, root_key, bench.panel.now_ms)
    bench.settle()


def test_both_ends_derive_what_another_library_derives() -> None:
    cloud, panel = X25519PrivateKey.generate(), X25519PrivateKey.generate()
    common = cloud.exchange(panel.public_key())
    info = cbor.encode(["hemlarm rekey", PANEL, b"8 bytes."])
    secret = panel.private_bytes_raw()
    of_panel = x25519.shared_secret(secret, cloud.public_key().public_bytes_raw())
    derived = rekeying.next_root(ROOT_KEY, of_panel, PANEL, b"8 bytes.")
    assert derived == HKDF(hashes.SHA256(), 32, salt=ROOT_KEY, info=info).derive(common)
    assert X25519PublicKey.from_public_bytes(x25519.public_key(secret)) == panel.public_key()


def test_the_new_key_counts_when_a_session_was_opened_under_it_and_the_old_one_until_then(bench: Bench) -> None:
    bench.connect()
    ask(bench)
    (asked,) = pump(bench)
    new = answer(bench, asked)
    assert state(bench) == "answered"
    greet(bench, ROOT_KEY)
    assert state(bench) == "answered"
    greet(bench, new)
    assert state(bench) == "proved"
    with bench.store.read() as reading:
        row = reading.panel(bench.panel.id)
        assert row is not None
        assert rotation.roots(reading, bench.vault, bench.panel.id, row.root_key) == [new, ROOT_KEY]


def test_what_the_old_key_sealed_is_read_until_the_panel_numbers_under_the_new_one(store_url: str) -> None:
    bench = Bench(store_url)
    bench.connect()
    ask(bench)
    (asked,) = pump(bench)
    new = answer(bench, asked)
    greet(bench, new)
    bench.start_ingest()
    bench.panel.record(BURGLARY)
    greet(bench, new)
    assert [event.qcode for event in bench.stored()] == [BURGLARY]
    assert bench.panel.recorder.pending == 0
    bench.panel.memory.salts = [b"a new life......"]
    greet(bench, new)
    assert state(bench) == "finished"
    with bench.store.read() as reading:
        (row,) = reading.connection.execute(panel_rekey.select()).all()
    assert (row.private, row.root_next, row.root_before) == (None, None, None)
    greet(bench, ROOT_KEY)
    assert bench.panel.end.state != 2, "the old key opens nothing any more"


def test_a_panel_back_under_its_old_key_is_asked_again_with_the_same_change(bench: Bench) -> None:
    bench.connect()
    ask(bench)
    (asked,) = pump(bench)
    answer(bench, asked)
    bench.start_ingest()
    greet(bench, ROOT_KEY)
    bench.pass_time(rotation.LIFE_MS)
    (again,) = pump(bench)
    assert (again.id, again.public) == (asked.id, asked.public)


def test_a_panel_that_lost_its_half_answers_with_another_which_counts(bench: Bench) -> None:
    bench.connect()
    ask(bench)
    (asked,) = pump(bench)
    first = answer(bench, asked)
    second = answer(bench, asked, bytes(range(90, 122)))
    greet(bench, second)
    assert (state(bench), first == second) == ("proved", False)


def test_a_key_that_is_none_changes_nothing(bench: Bench) -> None:
    bench.connect()
    asked = upkeep.Rekeyed(ask(bench), bytes(32))
    pump(bench)
    bench.panel.end.tell(asked)
    bench.settle()
    assert state(bench) == "asked"


def test_nobody_answers_for_another_panel(bench: Bench) -> None:
    bench.connect()
    bench.add_panel("00" * 8)
    with bench.store.begin() as tx:
        other = rotation.ask(tx, bench.vault, SYSTEM, "00" * 8, bench.panel.random, bench.now_ms)
        assert not rotation.answered(tx, bench.vault, bench.panel.id, other, x25519.public_key(OF_PANEL), bench.now_ms)


def test_an_unanswered_change_is_given_up_after_a_week_and_can_be_asked_for_again(bench: Bench) -> None:
    ask(bench)
    with pytest.raises(ConflictError, match="already"):
        ask(bench)
    with bench.store.begin() as tx:
        assert rotation.expire(tx, bench.now_ms + rotation.LIFE_MS - 1) == 0
        assert rotation.expire(tx, bench.now_ms + rotation.LIFE_MS) == 1
    bench.panel.random(8)
    ask(bench)


def test_only_supervisors_change_keys_and_only_of_living_panels(bench: Bench) -> None:
    with bench.store.begin() as tx:
        args = (bench.panel.random, bench.now_ms)
        with pytest.raises(RefusedError):
            rotation.ask(tx, bench.vault, OPERATOR, bench.panel.id, *args)
        with pytest.raises(NotFoundError):
            rotation.ask(tx, bench.vault, SYSTEM, "ff" * 8, *args)
        rotation.ask(tx, bench.vault, SYSTEM, bench.panel.id, *args)
        ending.revoke(tx, SYSTEM, bench.panel.id, bench.now_ms)
        assert rotation.unfinished(tx, bench.panel.id) is None
        with pytest.raises(ConflictError, match="was revoked"):
            rotation.ask(tx, bench.vault, SYSTEM, bench.panel.id, *args)
