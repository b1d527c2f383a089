"""A new panel comes into the installation: whoever carries the messages learns no secret and stands in for nobody."""

from base64 import b64decode, b64encode
from pathlib import Path

import pytest
from sqlalchemy import select

from hemlarm_cloud.provision import is_admitted
from hemlarm_cloud.provisioning import steps
from hemlarm_cloud.sites import audit
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_provisioning import provisioning as table
from hemlarm_cloud.store.schema_sites import transmitter
from hemlarm_firmware.configuration import Configuration
from hemlarm_protocol import x25519
from provisioning_support import SITE_FILE, Cloud, Installation, Line, NewBoard
from registered_site import OPERATOR, SUPERVISOR, VAULT
from session_support import Chance

MINUTE_MS = 60_000


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    """A cloud in SQLite; one test beside runs on every kind of store."""
    return Cloud(Store.open(f"sqlite:///{tmp_path / 'store.db'}"), tmp_path)


@pytest.fixture
def bench(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> Installation:
    """A new panel beside the installer of the first site."""
    return at_the_bench(cloud, capsys)


def at_the_bench(cloud: Cloud, capsys: pytest.CaptureFixture[str], seed: int = 7) -> Installation:
    line = Line(NewBoard(cloud.key.public, seed), capsys)
    return Installation(line, cloud.client(cloud.ids.installers_account()), cloud.ids.site)


def test_a_panel_is_installed_and_both_ends_have_its_root_key(store: Store, tmp_path: Path, capsys) -> None:  # type: ignore[no-untyped-def]
    cloud = Cloud(store, tmp_path)
    bench = at_the_bench(cloud, capsys)
    assert bench.line.call("where") == ["state", "new"]
    bench.to_the_code()
    assert bench.type_code()["state"] == "giving"
    done = bench.prove(bench.give())
    kept = bench.line.board.credentials()
    assert kept is not None
    assert (done["state"], done["panel"]) == ("done", kept["panel"].hex())  # type: ignore[attr-defined]
    with store.read() as reading:
        panel = reading.panel(done["panel"])
        assert panel is not None
        assert VAULT.unwrap(panel.id, panel.root_key) == kept["root_key"]
        assert (panel.board, panel.firmware) == ("desk", 1005)
        site = reading.connection.scalar(select(transmitter.c.site).where(transmitter.c.id == panel.id))
        assert site == cloud.ids.site
    assert is_admitted(store, done["panel"])
    assert (kept["host"], kept["port"], kept["authority"]) == ("alarm.example", 8883, cloud.means.authority.certificate)
    config = Configuration(bench.line.board.flash("config")).load()
    assert (config["areas"][0]["entry_s"], config["zones"][0]["name"]) == (45, "Door")
    assert bench.line.board.shown["display"] == ("Klar", "Done")


def test_no_secret_passes_the_installers_machine_or_lies_in_the_store(
    bench: Installation, cloud: Cloud, tmp_path: Path
) -> None:
    bench.to_the_code()
    bench.type_code()
    during = (tmp_path / "store.db").read_bytes() + (tmp_path / "store.db-wal").read_bytes()
    bench.prove(bench.give())
    kept = bench.line.board.credentials()
    assert kept is not None
    passed = bench.line.passed + bench.received
    carried = b"".join(b64decode(word) for word in passed.replace('"', " ").split() if is_base64(word))
    for name in ("root_key", "key"):
        secret = kept[name]
        assert isinstance(secret, bytes)
        assert secret not in carried
        assert secret not in during
    assert len(carried) > 1_400, "looked for the secrets in the wrong place"


def is_base64(word: str) -> bool:
    try:
        b64decode(word, validate=True)
    except ValueError:
        return False
    return True


def test_until_the_panel_has_proved_itself_nobody_is_admitted(bench: Installation, cloud: Cloud) -> None:
    bench.to_the_code()
    panel = bench.get(f"/{bench.id}")["panel"]
    assert not is_admitted(cloud.store, panel)
    bench.type_code()
    said = bench.give()
    assert not is_admitted(cloud.store, panel)
    wrong = b64encode(bytes(32)).decode()
    bench.post(f"/{bench.id}/kept", {"proof": wrong}, 422)
    assert not is_admitted(cloud.store, panel)
    bench.prove(said)
    assert is_admitted(cloud.store, panel)


def test_nothing_is_given_before_the_right_code_nor_after_three_wrong_ones(bench: Installation) -> None:
    bench.to_the_code()
    bench.get(f"/{bench.id}/given", 409)
    wrong = f"{(int(bench.line.code) + 1) % 10**6:06}"
    assert bench.type_code(wrong)["tries_left"] == 2
    assert bench.type_code(wrong)["tries_left"] == 1
    over = bench.type_code(wrong)
    assert (over["state"], over["tries_left"]) == ("refused", 0)
    bench.post(f"/{bench.id}/code", {"code": bench.line.code}, 409)
    bench.get(f"/{bench.id}/given", 409)


def test_after_two_wrong_codes_the_right_one_counts(bench: Installation) -> None:
    bench.to_the_code()
    for _ in range(2):
        bench.type_code(f"{(int(bench.line.code) + 1) % 10**6:06}")
    assert bench.type_code()["state"] == "giving"


def test_the_code_of_one_panel_is_none_of_anothers(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    """A machine between them brings a panel of its own, and lets the person type what the real keypad shows."""
    real = at_the_bench(cloud, capsys, seed=1)
    real.to_the_code()
    shown = real.line.code
    evil = at_the_bench(cloud, capsys, seed=2)
    evil.to_the_code()
    assert evil.line.code != shown
    assert evil.type_code(shown)["state"] == "code"
    evil.get(f"/{evil.id}/given", 409)


def test_who_has_no_key_of_the_cloud_is_not_answered_by_a_panel(bench: Installation, cloud: Cloud) -> None:
    """A machine between them answers in the cloud's place, with a key of its own."""
    from hemlarm_protocol import provisioning as protocol

    secret = b"\x42" * 32
    others = protocol.NewPanel(Chance(3), x25519.public_key(secret), protocol.Facts(bytes(8), "desk", 1005, b""))
    bench.line.call("begin")
    _, forged, _ = protocol.answer(secret, Chance(4), others.hello(), 1)
    assert bench.line.tried("answer", b64encode(forged).decode())[0] == "error"
    assert "display" not in bench.line.board.shown


def test_a_panel_built_for_another_cloud_is_told_so(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    bench = at_the_bench(cloud, capsys)
    bench.line.board = NewBoard(x25519.public_key(b"\x42" * 32))
    bench.line.reset()
    refused = bench.client.post("/provisioning", json={"m1": bench.line.call("begin")[1], "site": bench.site})
    assert refused.status_code == 422
    assert "hemlarm cloud provisioning-key" in refused.json()["detail"]


def test_firmware_that_names_no_cloud_says_so(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    line = Line(NewBoard(bytes(32)), capsys)
    assert "names no cloud" in " ".join(line.tried("begin"))


def test_each_step_may_be_repeated_without_harm(bench: Installation, cloud: Cloud) -> None:
    begun = bench.post("", {"m1": bench.line.call("begin")[1], "site": bench.site}, 201)
    bench.id = begun["id"]
    root = {"m3": bench.line.call("answer", begun["m2"])[1], "site_file": SITE_FILE}
    assert [bench.post(f"/{bench.id}/root", root)["state"] for _ in range(2)] == ["code", "code"]
    assert [bench.type_code()["state"] for _ in range(2)] == ["giving", "giving"]
    assert bench.get(f"/{bench.id}/given") == bench.get(f"/{bench.id}/given")
    said = bench.give()
    assert [bench.prove(said)["state"] for _ in range(2)] == ["done", "done"]
    assert bench.line.call("where") == said
    with cloud.store.read() as reading:
        assert len(reading.panels()) == 1


def test_a_panel_that_was_reset_on_the_way_begins_anew_and_the_former_try_ends(
    bench: Installation, cloud: Cloud
) -> None:
    bench.to_the_code()
    former = bench.id
    bench.line.reset()
    assert bench.line.call("where") == ["state", "new"]
    assert bench.line.tried("finish")[0] == "error"
    bench.to_the_code()
    assert bench.get(f"/{former}")["state"] == "ended"
    bench.type_code()
    bench.prove(bench.give())
    with cloud.store.read() as reading:
        assert len(reading.panels()) == 1


def test_a_panel_that_kept_all_tells_its_proof_after_a_reset_and_days_later(bench: Installation, cloud: Cloud) -> None:
    bench.to_the_code()
    bench.type_code()
    said = bench.give()
    bench.line.reset()
    cloud.now_ms += 20 * 24 * 60 * MINUTE_MS
    assert bench.line.call("where") == said
    (found,) = bench.client.get("/provisioning", params={"panel": said[2]}).json()
    assert found["state"] == "giving"
    bench.id = found["id"]
    assert bench.prove(said)["state"] == "done"


def test_a_panel_that_is_installed_does_not_begin_again(bench: Installation) -> None:
    bench.to_the_code()
    bench.type_code()
    bench.give()
    assert "reset it at its keypad first" in " ".join(bench.line.tried("begin"))


def test_what_is_not_finished_in_fifteen_minutes_ends_and_its_secrets_are_gone(
    bench: Installation, cloud: Cloud
) -> None:
    bench.to_the_code()
    cloud.now_ms += steps.LIFE_MS
    assert bench.get(f"/{bench.id}")["state"] == "ended"
    bench.post(f"/{bench.id}/code", {"code": bench.line.code}, 409)
    with cloud.store.begin() as tx:
        steps.clear(tx, cloud.now_ms)
        (row,) = tx.connection.execute(select(table))
    assert (row.state, row.shared, row.root_key, row.given) == ("ended", None, None, None)


def test_a_finished_one_keeps_no_secrets_in_its_row(bench: Installation, cloud: Cloud) -> None:
    bench.to_the_code()
    bench.type_code()
    bench.prove(bench.give())
    with cloud.store.read() as reading:
        (row,) = reading.connection.execute(select(table))
    assert (row.state, row.shared, row.root_key, row.given) == ("done", None, None, None)


def test_a_wrong_site_file_is_told_by_line_and_nothing_has_happened(bench: Installation) -> None:
    begun = bench.post("", {"m1": bench.line.call("begin")[1], "site": bench.site}, 201)
    bench.id = begun["id"]
    third = bench.line.call("answer", begun["m2"])[1]
    wrong = SITE_FILE.replace("entry_s = 45", "entry_s = 450")
    told = bench.post(f"/{bench.id}/root", {"m3": third, "site_file": wrong}, 422)["detail"]
    assert "line 7, area 1 entry_s" in told
    assert bench.post(f"/{bench.id}/root", {"m3": third, "site_file": SITE_FILE})["state"] == "code"


def test_without_a_site_file_a_panel_has_one_area(bench: Installation) -> None:
    bench.to_the_code("")
    bench.type_code()
    bench.give()
    config = Configuration(bench.line.board.flash("config")).load()
    assert ([area["number"] for area in config["areas"]], config["zones"]) == ([1], [])


def test_only_who_may_bring_panels_to_a_site_does_so_and_others_see_nothing_of_it(
    bench: Installation, cloud: Cloud
) -> None:
    first = bench.line.call("begin")[1]
    for actor, site, expected in (
        (cloud.ids.others_account(), cloud.ids.site, 404),
        (cloud.ids.customers_account(cloud.ids.b), cloud.ids.site, 403),
        (cloud.ids.installers_account(), None, 403),
        (cloud.ids.installers_account(), cloud.ids.second_site, 404),
        (OPERATOR, cloud.ids.site, 403),
        (cloud.ids.customers_account(cloud.ids.a), cloud.ids.site, 201),
        (SUPERVISOR, None, 201),
    ):
        answer = cloud.client(actor).post("/provisioning", json={"m1": first, "site": site})
        assert answer.status_code == expected, (actor, answer.text)
    bench.to_the_code()
    others = cloud.client(cloud.ids.others_account())
    assert others.get(f"/provisioning/{bench.id}").status_code == 404
    assert others.post(f"/provisioning/{bench.id}/code", json={"code": bench.line.code}).status_code == 404
    assert others.get(f"/provisioning/{bench.id}/given").status_code == 404
    assert others.get("/provisioning").json() == []


def test_begins_are_bounded_by_the_hour(bench: Installation, cloud: Cloud) -> None:
    for _ in range(steps.BEGINS_AN_HOUR):
        bench.post("", {"m1": bench.line.call("begin")[1], "site": bench.site}, 201)
    bench.post("", {"m1": bench.line.call("begin")[1], "site": bench.site}, 409)
    cloud.now_ms += 60 * MINUTE_MS
    bench.post("", {"m1": bench.line.call("begin")[1], "site": bench.site}, 201)


def test_each_step_that_counts_stands_in_the_audit_log_without_secrets(bench: Installation, cloud: Cloud) -> None:
    bench.to_the_code()
    bench.type_code(f"{(int(bench.line.code) + 1) % 10**6:06}")
    bench.type_code()
    bench.prove(bench.give())
    with cloud.store.read() as reading:
        entries = audit.entries(reading, SUPERVISOR, cloud.ids.site, limit=500)
    told = [entry for entry in entries if "provision" in entry["action"]]
    assert [entry["action"] for entry in told] == ["begin-provisioning", "wrong-provisioning-code", "provision-panel"]
    assert bench.line.code not in str(told)
