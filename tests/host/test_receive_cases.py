"""What foreign transmitters report becomes cases like those of Hemlarm's own panels, and their silence a fault."""

from sqlalchemy import select

from hemlarm_cloud.cases import work
from hemlarm_cloud.receive.dc09 import Dc09Core
from hemlarm_cloud.receive.sos_access import SosAccessCore
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_cases import alarm_case, condition
from hemlarm_cloud.supervision import foreign
from hemlarm_cloud.trade import sos_access
from receive_support import DC09, NOW_MS, add_account, alarm, cid, noise, ping, vault


def take(store: Store, core: SosAccessCore | Dc09Core, data: bytes, now_ms: int = NOW_MS) -> None:
    said = core.read(data, now_ms)
    with store.begin() as tx:
        core.take(tx, said, now_ms)  # type: ignore[arg-type]


def test_alarms_of_foreign_transmitters_open_cases_and_the_fire_comes_first(store: Store) -> None:
    add_account(store)
    add_account(store, DC09, None)
    take(store, SosAccessCore(vault(), noise), sos_access.encode(alarm("BA")))
    take(store, Dc09Core(vault(), noise), cid(1, "1110 01 005").pack())
    work.step(store, NOW_MS + 1_000)
    query = select(alarm_case.c.category, alarm_case.c.kind).order_by(alarm_case.c.urgency)
    with store.read() as reading:
        assert [tuple(row) for row in reading.connection.execute(query)] == [("fire", "alarm"), ("intrusion", "alarm")]


def test_a_transmitter_that_falls_silent_is_a_line_fault_until_it_is_heard(store: Store) -> None:
    add_account(store, level_s=90)
    core = SosAccessCore(vault(), noise)
    take(store, core, sos_access.encode(ping()))
    query = select(condition.c.kind, condition.c.ended_ms.is_not(None))
    seen = []
    for now_ms in range(NOW_MS, NOW_MS + 130_000, 10_000):
        if now_ms == NOW_MS + 110_000:
            take(store, core, sos_access.encode(ping()), now_ms)
        foreign.step(store, now_ms)
        with store.read() as reading:
            seen.append([tuple(row) for row in reading.connection.execute(query)])
    assert seen == [[]] * 10 + [[("line", False)]] + [[("line", True)]] * 2
