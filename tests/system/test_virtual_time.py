"""Virtual time: MicroPython's own event loop on a clock that the world owns."""

from collections.abc import Iterator

import pytest

from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.nor_flash import PowerCut
from hemlarm_simulator.simulated_panel import PanelCrashedError
from hemlarm_simulator.virtual.world import RESET_MS
from panel_programs import Programs, told

DAY_MS = 24 * 3600 * 1000
TICKS_PERIOD = 1 << 30


@pytest.fixture(name="programs", scope="module")
def _programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Programs]:
    with ForkServer() as server:
        yield Programs(server, tmp_path_factory.mktemp("programs"))


def test_a_sleep_takes_exactly_its_time(programs: Programs) -> None:
    body = """
        for pause_ms in (1, 999, 0, 60000):
            await asyncio.sleep_ms(pause_ms)
            board.trace("told", board.ticks_ms())
        await board.next_input()
        await board.next_input()
    """
    with programs.world(body) as world:
        world.run_until(999)
        assert told(world) == [1]
        world.run_until(DAY_MS)
        assert told(world) == [1, 1000, 1000, 61000]


def test_tasks_of_one_moment_run_in_the_order_they_were_planned(programs: Programs) -> None:
    body = """
        async def sleeper(name, *pauses_ms):
            for pause_ms in pauses_ms:
                await asyncio.sleep_ms(pause_ms)
            board.trace("told", name)
        plan = ("late", (30,)), ("b", (20,)), ("early", (10,)), ("c", (10, 10)), ("d", (19, 1)), ("a", (20,))
        for name, pauses_ms in plan:
            asyncio.create_task(sleeper(name, *pauses_ms))
        await board.next_input()
        await board.next_input()
    """
    with programs.world(body) as world:
        world.run_until(100)
        # At 0 ms b and a are planned for 20 ms, at 10 ms c, at 19 ms d.
        assert told(world) == ["early", "b", "a", "c", "d", "late"]


def test_timers_pass_the_wrap_of_the_ticks(programs: Programs) -> None:
    body = """
        start = time.ticks_ms()
        async def ticker(period_ms):
            for _ in range(3):
                await asyncio.sleep_ms(period_ms)
                board.trace("told", board.ticks_ms(), time.ticks_diff(time.ticks_ms(), start))
        for period_ms in (700, 500):
            asyncio.create_task(ticker(period_ms))
        while True:
            board.trace("input", (await board.next_input())[0])
    """
    with programs.world(body, ticks_at_boot=TICKS_PERIOD - 1100) as world:
        world.run_until(5000)
        moments = [trace.values for trace in world.ledger.traces if trace.what == "told"]
        assert [since_start for _, since_start in moments] == [500, 700, 1000, 1400, 1500, 2100]
        assert [ticks for ticks, _ in moments][1:4] == [TICKS_PERIOD - 400, TICKS_PERIOD - 100, 300]


def test_an_input_wakes_the_panel_in_its_own_millisecond(programs: Programs) -> None:
    body = """
        while True:
            told = await board.next_input()
            board.trace("told", str(told))
            board.trace("at", board.ticks_ms())
    """
    with programs.world(body) as world:
        world.run_until(1234)
        world.house.open("door")
        world.house.keypad.press(["away"])
        world.run_until(1234)
        assert told(world) == ["('start', [], [])", "('zone', 1, True)", "('key', 'away')"]
        assert told(world, "at") == [0, 1234, 1234]


def test_more_inputs_than_the_board_holds_arrive_all_and_in_order(programs: Programs) -> None:
    body = """
        while True:
            told = await board.next_input()
            if told[0] == "tag":
                board.trace("told", told[1][0])
    """
    with programs.world(body) as world:
        for number in range(100):
            world.house.keypad.hold_tag(bytes([number]))
        world.run_until(1)
        assert told(world) == list(range(100))


def test_what_the_panel_transmits_reaches_the_house_in_its_millisecond(programs: Programs) -> None:
    heard: list[tuple[int, bytes]] = []
    with programs.world("await board.next_input()\nboard.transmit(b'frame')\nawait board.next_input()\n") as world:
        world.house.radio_heard = lambda frame: heard.append((world.now_ms, frame))  # type: ignore[method-assign]
        world.run_until(10)
        assert heard == [(0, b"frame")]


def test_waiting_with_a_limit_gathering_and_cancelling_work(programs: Programs) -> None:
    body = """
        async def after(pause_ms, value):
            try:
                await asyncio.sleep_ms(pause_ms)
            except asyncio.CancelledError:
                board.trace("told", "cancelled " + value)
                raise
            return value
        board.trace("told", str(await asyncio.gather(after(20, "b"), after(10, "a"))))
        try:
            await asyncio.wait_for_ms(after(1000, "slow"), 50)
        except asyncio.TimeoutError:
            board.trace("told", "timeout at %d" % board.ticks_ms())
        board.trace("told", await asyncio.wait_for_ms(after(10, "quick"), 50))
        lock = asyncio.Lock()
        event = asyncio.Event()
        async def waiter():
            async with lock:
                await event.wait()
                board.trace("told", "event at %d" % board.ticks_ms())
        task = asyncio.create_task(waiter())
        await asyncio.sleep_ms(5)
        event.set()
        await task
        board.trace("told", "done %s" % task.done())
        await board.next_input()
        await board.next_input()
    """
    with programs.world(body) as world:
        world.run_until(5000)
        assert told(world) == [
            "['b', 'a']",
            "cancelled slow",
            "timeout at 70",
            "quick",
            "event at 85",
            "done True",
        ]


def test_a_quiet_panel_is_never_woken(programs: Programs) -> None:
    with programs.world("while True:\n    await board.next_input()\n    board.trace('told', 0)\n") as world:
        world.run_until(400 * DAY_MS)
        assert len(told(world)) == 1
        assert world.now_ms == 400 * DAY_MS


def test_blocking_sleep_holds_back_inputs(programs: Programs) -> None:
    body = """
        await board.next_input()
        await asyncio.sleep_ms(10)
        time.sleep(0.5)
        board.trace("told", board.ticks_ms())
        await board.next_input()
        board.trace("told", board.ticks_ms())
        await board.next_input()
    """
    with programs.world(body) as world:
        world.run_until(100)
        world.house.open("door")
        world.run_until(1000)
        assert told(world) == [510, 510]


def test_a_busy_event_loop_is_found(programs: Programs) -> None:
    with pytest.raises(PanelCrashedError, match="turns of the event loop without a wait"):
        programs.world("while True:\n    await asyncio.sleep_ms(0)\n")


def test_much_work_with_waits_in_between_is_no_busy_loop(programs: Programs) -> None:
    body = """
        for _ in range(60):
            for _ in range(1000):
                await asyncio.sleep_ms(0)
            await asyncio.sleep_ms(1)
        board.trace("told", board.ticks_ms())
        await board.next_input()
        await board.next_input()
    """
    with programs.world(body) as world:
        world.run_until(100)
        assert told(world) == [60]


def test_an_uncaught_error_is_told_with_its_traceback(programs: Programs) -> None:
    with (
        programs.world("await asyncio.sleep_ms(10)\nraise ValueError('no zone 9')\n") as world,
        pytest.raises(PanelCrashedError, match=r"status 1:(.|\n)*no zone 9"),
    ):
        world.run_until(20)


def test_wall_clock_and_ticks_go_together(programs: Programs) -> None:
    body = """
        before = time.time_ns()
        await asyncio.sleep_ms(2500)
        board.trace("told", (time.time_ns() - before) // 1000000)
        board.trace("told", str(time.gmtime(time.time())[:6]))
        await board.next_input()
        await board.next_input()
    """
    with programs.world(body) as world:
        world.run_until(3000)
        assert told(world) == [2500, "(2027, 1, 1, 0, 0, 2)"]
        assert world.ledger.traces[0].at_us == (world.clock.unix_ms - 500) * 1000


def test_flash_outlives_a_reset_and_a_power_cut(programs: Programs) -> None:
    body = """
        flash = board.flash("state")
        buffer = bytearray(2)
        flash.read_into(4096, buffer)
        board.trace("told", buffer[0])
        flash.program(4096, bytes([buffer[0] << 1 & 0xFF, 0]))
        await board.next_input()
        if buffer[0] == 0xFF:
            board.reset()
        await board.next_input()
    """
    with programs.world(body) as world:
        world.run_until(RESET_MS)
        assert told(world) == [0xFF, 0xFE]
        world.power_cut()
        assert not world.panel.on
        world.run_until(2000)
        world.power_on()
        world.run_until(3000)
        assert told(world) == [0xFF, 0xFE, 0xFC]
        assert world.panel.flash["state"].read(4096, 3) == b"\xf8\x00\xff"


def test_a_power_cut_at_a_flash_operation_stops_all_that_follows(programs: Programs) -> None:
    body = """
        await asyncio.sleep_ms(10)
        flash = board.flash("journal")
        while True:
            await board.next_input()
            for at in range(3):
                flash.program(at * 256, b"\\x00\\x00\\x00\\x00")
                board.show("siren", "after %d" % at)
    """

    def cut(operation: str, offset: int, data: bytes) -> None:
        if offset == 256:
            raise PowerCut(done=2)

    with programs.world(body) as world:
        world.panel.flash["journal"].before = cut
        world.run_until(10)
        assert not world.panel.on
        assert world.panel.flash["journal"].read(256, 4) == b"\x00\x00\xff\xff"
        assert world.panel.flash["journal"].read(512, 4) == b"\xff\xff\xff\xff"
        assert world.house.siren == "off"


BUSY = """
    import random, os
    async def worker(name):
        for _ in range(20):
            await asyncio.sleep_ms(random.randrange(100))
            board.trace("told", name, board.random(4), os.urandom(2))
    for name in ("a", "b", "c"):
        asyncio.create_task(worker(name))
    while True:
        board.trace("order", [id(board), hash(worker), str({board: 1, worker: 2})])
        await board.next_input()
"""


def test_one_seed_gives_one_run(programs: Programs) -> None:
    digests = set()
    for _ in range(5):
        with programs.world(BUSY, seed=7) as world:
            world.run_until(500)
            world.house.open("door")
            world.run_until(5000)
            assert len(told(world)) == 60
            digests.add(world.ledger.sha256())
    assert len(digests) == 1


def test_another_seed_gives_another_run(programs: Programs) -> None:
    digests = set()
    for seed in range(3):
        with programs.world(BUSY, seed=seed) as world:
            world.run_until(5000)
            digests.add(world.ledger.sha256())
    assert len(digests) == 3


CONNECT = """
    async def read_exactly(stream, count):
        data = b""
        while len(data) < count:
            piece = await stream.read(count - len(data))
            if not piece:
                raise OSError("closed")
            data += piece
        return data
    name = board.credentials()["panel"].hex().encode()
    async def login(keep_alive_s=60):
        stream = await board.connect()
        body = b"\\x00\\x04MQTT\\x04\\x02" + keep_alive_s.to_bytes(2, "big") + b"\\x00\\x10" + name
        await stream.write(bytes([0x10, len(body)]) + body)
        await read_exactly(stream, 4)
        return stream
    await board.next_input()
"""


def test_a_connection_carries_bytes_both_ways_with_the_networks_delay(programs: Programs) -> None:
    body = """
    stream = await login()
    board.trace("told", board.ticks_ms())
    await stream.write(b"\\xc0\\x00")
    board.trace("told", str(await read_exactly(stream, 2)))
    board.trace("told", board.ticks_ms())
    await board.next_input()
    """
    with programs.world(CONNECT + body) as world:
        world.run_until(1000)
        # Two ways for the connection, two for CONNECT and its answer, two for the ping: 20 ms each.
        assert told(world) == [80, "b'\\xd0\\x00'", 120]


def test_without_a_network_connecting_fails_and_open_connections_are_silent(programs: Programs) -> None:
    body = """
    stream = await login()
    await board.next_input()
    await stream.write(b"\\xc0\\x00")
    try:
        await board.connect()
    except OSError as error:
        board.trace("told", "%d at %d" % (error.errno, board.ticks_ms()))
    board.trace("told", str(await read_exactly(stream, 2)))
    board.trace("told", board.ticks_ms())
    await board.next_input()
    """
    with programs.world(CONNECT + body) as world:
        world.run_until(1000)
        world.network.up = False
        world.house.open("door")
        world.run_until(10_000)
        assert told(world) == ["113 at 4000"]
        world.network.up = True
        world.run_until(11_000)
        assert told(world) == ["113 at 4000", "b'\\xd0\\x00'", 10_040]


def test_the_broker_closes_a_connection_that_is_silent_for_too_long(programs: Programs) -> None:
    body = """
    stream = await login(keep_alive_s=10)
    board.trace("told", str(await stream.read(1)))
    board.trace("told", board.ticks_ms())
    try:
        await stream.write(b"late")
    except OSError as error:
        board.trace("told", "closed")
    stream.close()
    stream.close()
    await board.next_input()
    """
    with programs.world(CONNECT + body) as world:
        world.run_until(60_000)
        assert told(world) == ["b''", 15_080, "closed"]
