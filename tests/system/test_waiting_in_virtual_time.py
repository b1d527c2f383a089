"""Pauses that others may end, in virtual time: when each is over, and that none makes a task."""

from collections.abc import Iterator

import pytest

from hemlarm_simulator.launch import ForkServer
from panel_programs import Programs, told

DAY_MS = 24 * 3600 * 1000
TICKS_PERIOD = 1 << 30


@pytest.fixture(name="programs", scope="module")
def _programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Programs]:
    with ForkServer() as server:
        yield Programs(server, tmp_path_factory.mktemp("programs"))


@pytest.mark.parametrize("ticks_at_boot", [0, TICKS_PERIOD - 1500, TICKS_PERIOD - 1])
def test_a_pause_is_over_in_the_millisecond_of_its_limit_or_its_end(programs: Programs, ticks_at_boot: int) -> None:
    body = """
        from hemlarm_firmware.waiting import Pause
        start = time.ticks_ms()
        pause = Pause()
        async def ender():
            await asyncio.sleep_ms(2500)
            pause.end()
        asyncio.create_task(ender())
        for limit_ms in (1, 999, 1000, 60000, 700):
            await pause.wait(limit_ms)
            board.trace("told", time.ticks_diff(time.ticks_ms(), start))
        await board.next_input()
        await board.next_input()
    """
    with programs.world(body, ticks_at_boot=ticks_at_boot) as world:
        world.run_until(DAY_MS)
        assert told(world) == [1, 1000, 2000, 2500, 3200]


def test_a_pause_may_be_longer_than_the_ticks_can_tell_apart(programs: Programs) -> None:
    body = """
        from hemlarm_firmware.waiting import Pause
        pause = Pause()
        await pause.wait(30 * 24 * 3600 * 1000)
        board.trace("told", time.time())
        async def ender():
            for _ in range(30):
                await asyncio.sleep(24 * 3600)
            pause.end()
        asyncio.create_task(ender())
        await pause.wait(None)
        board.trace("told", time.time())
        await board.next_input()
        await board.next_input()
    """
    with programs.world(body) as world:
        began_s = world.clock.unix_ms // 1000
        world.run_until(61 * DAY_MS)
        assert told(world) == [began_s + 30 * 24 * 3600, began_s + 60 * 24 * 3600]


def test_pauses_make_no_tasks_and_hardly_any_garbage(programs: Programs) -> None:
    body = """
        import gc
        from hemlarm_firmware.waiting import Pause
        made = []
        make = asyncio.core.Task
        def counted(*arguments):
            made.append(1)
            return make(*arguments)
        asyncio.core.Task = counted
        pause = Pause()
        await pause.wait(1)
        gc.collect()
        gc.disable()
        before = gc.mem_alloc()
        for _ in range(10):
            await pause.wait(0)
        board.trace("told", gc.mem_alloc() - before)
        gc.enable()
        board.trace("told", len(made))
        await board.next_input()
        await board.next_input()
    """
    with programs.world(body) as world:
        world.run_until(1000)
        bytes_for_ten, tasks = told(world)
        assert tasks == 0
        assert isinstance(bytes_for_ten, int)
        assert bytes_for_ten < 10 * 512
