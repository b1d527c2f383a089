"""Changes from the cloud to the real firmware: made, or refused with the reason for the person who asked."""

from collections.abc import Iterator
from typing import Any

import pytest

from hemlarm_cloud.store import Change
from hemlarm_protocol import cbor
from hemlarm_simulator.description import load_house
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.virtual.world import VirtualWorld

DONE, REFUSED, BAD_ARGUMENT = 0, 1, 3
ARM_AWAY = 2
LIMIT_MS = 30_000
RECONFIGURED = 1306


@pytest.fixture(name="world")
def _world() -> Iterator[VirtualWorld]:
    """A house whose panel has told its configuration."""
    with ForkServer() as server, VirtualWorld(server, load_house("villa")) as world:
        assert world.wait_for(lambda: told(world) is not None, LIMIT_MS)
        yield world


def told(world: VirtualWorld) -> tuple[int | None, bytes] | None:
    """The configuration at the cloud, once the panel has told it in full: its revision and its CBOR."""
    stored = world.cloud.configuration()
    return (stored.revision, stored.document) if stored and stored.document and stored.complete else None


def on_flash(world: VirtualWorld) -> bytes:
    """What the panel would start with."""
    flash = world.panel.flash["config"]
    return flash.read(0, flash.size)


def ask(world: VirtualWorld, section: str, number: int, fields: dict[int | str, Any] | None) -> Change:
    """Ask for one edit and wait for the answer."""
    change_id = world.cloud.configure([[section, number, fields]])

    def found() -> Change:
        change = world.cloud.command(change_id)
        assert isinstance(change, Change)
        return change

    assert world.wait_for(lambda: found().status is not None, LIMIT_MS)
    return found()


def test_an_entry_delay_of_400_s_is_refused_with_the_reason_and_changes_nothing(world: VirtualWorld) -> None:
    before, flash = told(world), on_flash(world)
    change = ask(world, "areas", 1, {"entry_s": 400})
    assert (change.state, change.status) == ("failed", BAD_ARGUMENT)
    assert change.reason == "areas[0].entry_s: 400 is wrong; it must be a whole number from 0 to 300"
    world.run_until(world.now_ms + LIMIT_MS)
    assert on_flash(world) == flash
    assert told(world) == before
    assert all(event.qcode != RECONFIGURED for event in world.cloud.events())


def test_what_is_corrected_is_done_and_gives_no_reason(world: VirtualWorld) -> None:
    before = told(world)
    assert before
    ask(world, "areas", 1, {"entry_s": 400})
    change = ask(world, "areas", 1, {"entry_s": 300})
    assert (change.state, change.status, change.reason) == ("done", DONE, None)
    assert world.wait_for(lambda: told(world) not in (before, None), LIMIT_MS)
    after = told(world)
    assert after
    document = cbor.decode(after[1])
    assert isinstance(document, dict)
    assert after[0] == (before[0] or 0) + 1
    assert document["areas"][0]["entry_s"] == 300  # type: ignore[call-overload,index]


def test_a_new_zone_that_is_open_already_refuses_arming(world: VirtualWorld) -> None:
    window = 3
    assert ask(world, "zones", window, None).status == DONE
    world.house.open("bedroom-window")
    world.run_until(world.now_ms + LIMIT_MS)
    assert ask(world, "zones", window, {"type": "instant", "area": 1}).status == DONE
    world.run_until(world.now_ms + LIMIT_MS)
    command = world.cloud.send_command(ARM_AWAY, 1, 1)
    assert world.wait_for(
        lambda: (found := world.cloud.command(command)) is not None and found.status is not None, LIMIT_MS
    )
    answer = world.cloud.command(command)
    assert answer is not None
    assert (answer.status, answer.detail) == (REFUSED, window)
    assert sum(event.qcode == RECONFIGURED for event in world.cloud.events()) == 2
