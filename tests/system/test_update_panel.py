"""Updates of a panel that runs from its slots: the real firmware, offered images by a cloud in virtual time."""

from collections.abc import Iterator
from typing import Any

import pytest

import images
from hemlarm_protocol import messages, upkeep
from hemlarm_simulator.launch import ForkServer
from update_world import (
    CRASHES,
    DEAF,
    HANGS,
    ILL,
    NEW,
    NEWER,
    NOT_TAKEN_OVER,
    OLD,
    RESTARTED,
    TAKEN_OVER,
    UpdateWorld,
    image,
)

LOADING, READY, TRIAL = upkeep.LOADING, upkeep.READY, upkeep.TRIAL
RUNNING, REFUSED, ROLLED_BACK = upkeep.RUNNING, upkeep.REFUSED, upkeep.ROLLED_BACK
FORGOT, FIRE, OVERFLOW = 1137, 1111, 1624
DONE = 0


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[ForkServer]:
    with ForkServer() as server:
        yield server


@pytest.fixture(name="world")
def _world(server: ForkServer) -> Iterator[UpdateWorld]:
    with UpdateWorld(server) as world:
        world.run_until(10_000)
        yield world


def numbers(world: UpdateWorld) -> list[tuple[bytes, int]]:
    """Key and number of every event that the cloud has, which are one each."""
    found = [(event.kid, event.number) for event in world.cloud.events()]
    assert len(found) == len(set(found))
    return found


def test_a_release_is_loaded_tried_and_taken_over_and_each_step_is_told(world: UpdateWorld) -> None:
    offer = world.offer(image(NEW, floor=OLD))
    assert world.reached(RUNNING)
    assert world.offers.results[offer] == messages.Result(offer, DONE, 0)
    assert world.states(offer) == [LOADING, READY, TRIAL, RUNNING]
    last = world.offers.states[-1]
    assert (last.version, last.floor, last.reason) == (NEW, OLD, 0)
    assert world.wait_for(lambda: bool(world.ends()), 5_000)
    assert world.ends() == [(TAKEN_OVER, 0)]
    assert world.runs() == NEW
    assert world.panel.boots == 2
    assert not [event for event in world.cloud.events() if event.qcode == FORGOT]
    numbers(world)
    world.reset_panel()
    world.run_until(world.now_ms + 60_000)
    assert world.runs() == NEW
    assert world.ends() == [(TAKEN_OVER, 0)], "what was told once is told no more"


@pytest.mark.parametrize(
    ("plant", "reason"),
    [(CRASHES, upkeep.CRASHED), (HANGS, upkeep.CRASHED), (DEAF, upkeep.NO_CONTACT), (ILL, upkeep.SELF_TEST)],
    ids=["crashes", "hangs", "never-connects", "fails-its-self-test"],
)
def test_a_release_that_fails_on_trial_goes_and_the_version_before_says_why(
    world: UpdateWorld, plant: tuple[str, str], reason: int
) -> None:
    world.offer(image(NEW, plant))
    assert world.reached(ROLLED_BACK, limit_ms=1_200_000)
    last = world.offers.states[-1]
    assert (last.reason, last.version) == (reason, OLD)
    assert world.wait_for(lambda: bool(world.ends()), 5_000)
    assert world.ends() == [(NOT_TAKEN_OVER, reason)]
    assert world.runs() == OLD
    world.house.open("fire-button")
    assert world.wait_for(lambda: world.house.siren == "fire", 2_000), "it guards as before"
    boots = world.panel.boots
    world.run_until(world.now_ms + 60_000)
    assert world.panel.boots == boots, "it is not tried again"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"key": images.OTHER_KEY}, upkeep.SIGNATURE),
        ({"board": "desk"}, upkeep.OTHER_BOARD),
        ({"data_format": 9}, upkeep.DATA_FORMAT),
        ({"abi": 5}, upkeep.INTERPRETER),
    ],
    ids=["another-signature", "another-board", "unknown-data", "another-interpreter"],
)
def test_an_image_that_may_not_run_here_is_refused_and_thrown_away(
    world: UpdateWorld, changes: dict[str, Any], reason: int
) -> None:
    world.offer(images.signed_image(NEW, **changes))
    assert world.reached(REFUSED)
    assert world.offers.states[-1].reason == reason
    assert world.wait_for(lambda: bool(world.ends()), 5_000)
    assert world.ends() == [(NOT_TAKEN_OVER, reason)]
    assert world.panel.boots == 1


def test_a_signed_image_other_than_the_one_offered_is_refused(world: UpdateWorld) -> None:
    world.offer(images.signed_image(NEW), digest=bytes(32))
    assert world.reached(REFUSED)
    assert world.offers.states[-1].reason == upkeep.CHANGED


def test_a_release_below_the_floor_is_refused_before_it_is_loaded(server: ForkServer) -> None:
    with UpdateWorld(server, image(NEW, floor=NEW)) as world:
        world.run_until(10_000)
        offer = world.offer(images.signed_image(OLD))
        assert world.wait_for(lambda: offer in world.offers.results, 10_000)
        assert world.offers.results[offer] == messages.Result(offer, 1, upkeep.TOO_OLD)
        assert world.offers.parts == 0


def test_an_older_release_that_the_cloud_wants_back_runs_if_it_is_not_below_the_floor(server: ForkServer) -> None:
    with UpdateWorld(server, image(NEW)) as world:
        world.run_until(10_000)
        world.offer(image(OLD))
        assert world.reached(RUNNING)
        assert world.runs() == OLD


def test_a_download_goes_on_after_a_power_cut_where_it_was(world: UpdateWorld) -> None:
    whole = len(image(NEW)) // messages.CONFIG_BYTES_MAX + 1
    world.offer(image(NEW))
    assert world.wait_for(lambda: world.offers.parts > whole // 2, 60_000)
    world.power_cut()
    world.run_until(world.now_ms + 5_000)
    world.power_on()
    assert world.reached(RUNNING)
    lost = world.offers.parts - whole
    assert 0 <= lost <= 8_192 // messages.CONFIG_BYTES_MAX + 3, "what was flushed was not loaded again"


def test_an_alarm_during_a_download_is_as_fast_as_ever_and_stops_it_until_it_is_over(world: UpdateWorld) -> None:
    world.offer(image(NEW))
    assert world.wait_for(lambda: world.offers.parts > 50, 60_000)
    began_ms = world.now_ms
    world.house.open("fire-button")
    assert world.wait_for(lambda: any(event.qcode // 10 == 111 for event in world.cloud.events()), 1_000)
    assert world.now_ms - began_ms <= 500
    world.run_until(world.now_ms + 60_000)
    assert world.states()[-1] == READY, "it loads on, and waits for quiet to be tried"
    world.house.close("fire-button")
    world.house.enter_code("1234", "off")
    assert world.reached(TRIAL, limit_ms=600_000)


def test_a_release_that_is_ready_waits_until_the_house_is_disarmed(world: UpdateWorld) -> None:
    world.house.enter_code("1234", "away")
    world.run_until(80_000)
    world.offer(image(NEW))
    world.run_until(world.now_ms + 3_600_000)
    assert world.states()[-1] == READY
    world.house.enter_code("1234", "off")
    assert world.reached(TRIAL, limit_ms=60_000)


def test_a_house_that_is_never_disarmed_is_updated_in_the_end_and_armed_again_at_once(world: UpdateWorld) -> None:
    world.house.enter_code("1234", "away")
    world.run_until(80_000)
    world.offer(image(NEW))
    assert world.reached(RUNNING, limit_ms=13 * 3_600_000)
    assert world.now_ms > 12 * 3_600_000
    world.house.open("bedroom-window")
    assert world.wait_for(lambda: world.house.siren == "intrusion", 5_000)


def test_another_offer_takes_the_place_of_one_that_is_loading_and_one_without_a_size_withdraws_it(
    world: UpdateWorld,
) -> None:
    world.offer(image(NEW))
    assert world.wait_for(lambda: world.offers.parts > 50, 60_000)
    withdrawn = world.offer(image(NEW), version=0, size=0)
    assert world.wait_for(lambda: withdrawn in world.offers.results, 10_000)
    parts = world.offers.parts
    world.run_until(world.now_ms + 120_000)
    assert world.offers.parts == parts
    newer = world.offer(image(NEWER))
    assert world.reached(RUNNING)
    assert world.states(newer)[-1] == RUNNING
    assert world.runs() == NEWER


def test_after_a_trial_with_another_data_format_the_old_data_come_back_under_a_new_incarnation(
    world: UpdateWorld,
) -> None:
    world.house.enter_code("1234", "away")
    world.run_until(80_000)
    world.house.enter_code("1234", "off")
    world.run_until(90_000)
    before = {kid for kid, _ in numbers(world)}
    world.offer(image(NEW, DEAF, data_format=3))
    assert world.reached(ROLLED_BACK, limit_ms=1_200_000)
    world.run_until(world.now_ms + 120_000)
    events = world.cloud.events()
    assert world.runs() == OLD
    assert next(event.qcode for event in events if event.kid not in before) == RESTARTED
    assert len({event.kid for event in events}) == 2
    assert not [event for event in events if event.qcode in (FORGOT, OVERFLOW)]
    numbers(world)


@pytest.fixture(name="until_ready", scope="module")
def _until_ready(server: ForkServer) -> int:
    """How many flash operations it takes from an offer until its release is loaded and checked."""
    with UpdateWorld(server) as world:
        world.run_until(10_000)
        before = world.flash_operations()
        world.offer(image(NEW))
        assert world.wait_for(lambda: READY in world.states(), 60_000)
        return world.flash_operations() - before


@pytest.mark.parametrize("behind", [-500, 0, 3, 6, 9, 12])
def test_power_cut_at_a_flash_operation_leaves_a_panel_that_runs_and_takes_the_update(
    world: UpdateWorld, until_ready: int, behind: int
) -> None:
    """Over the download, the switch, the trial and its end; `tools/cut_updates.py` cuts at each one of them."""
    world.cut_at_flash_operation(until_ready + behind, 0.5)
    world.offer(image(NEW))
    assert world.wait_for(lambda: not world.panel.on and world.faults["flash-cut"] == 1, 180_000)
    world.run_until(world.now_ms + 2_000)
    world.power_on()
    assert world.reached(RUNNING, limit_ms=240_000)
    assert world.runs() == NEW
    assert not [event for event in world.cloud.events() if event.qcode == FORGOT]
    numbers(world)
