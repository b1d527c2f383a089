"""How the ingest brings a release to its panels: offers until they are answered, parts as they are asked for."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from hemlarm_cloud.ingest.moment import Moment
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema import panel
from hemlarm_cloud.store.schema_updates import release_panel
from hemlarm_cloud.updates import images, releases, serving, step
from hemlarm_cloud.updates.serving import Serving
from hemlarm_protocol import upkeep
from hemlarm_protocol.messages import CONFIG_BYTES_MAX
from images import TEST_KEY, signed_image
from ingest_support import BEGAN_MS, Bench
from registered_site import SUPERVISOR
from release_support import new_url

NEW = signed_image(1_006)
REPEAT_MS = 5_000


def add_image(store: Store, image: bytes) -> int:
    with store.begin() as tx:
        return int(images.add(tx, SUPERVISOR, image, [TEST_KEY.public], BEGAN_MS).id)


def release(bench: Bench) -> int:
    """A session of a panel with firmware 1.5, and a release of 1.6 that is offered to it."""
    add_image(bench.store, NEW)
    with bench.store.begin() as tx:
        tx.connection.execute(panel.update().values(board="simulated"))
    bench.connect()
    with bench.store.begin() as tx:
        made = releases.start(tx, SUPERVISOR, 1_006, bench.now_ms, written="100%")
    step.step(bench.store, bench.now_ms)
    return made


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(new_url(tmp_path))
    made.panel.firmware = 1_005
    return made


def pumped(bench: Bench) -> list[Any]:
    """What the cloud says of updates when it has its turn."""
    bench.down([frame for _, frame in bench.core.pump(bench.now_ms)])
    return [fact[1] for fact in bench.panel.end.happenings() if fact[0] == "upkeep"]


def tell(bench: Bench, message: Any) -> None:
    bench.panel.end.tell(message)
    bench.settle()


def want(bench: Bench, offer: bytes, offset: int, count: int = 2) -> list[Any]:
    tell(bench, upkeep.UpdateWanted(offer, offset, count))
    return pumped(bench)


def state(bench: Bench) -> str:
    with bench.store.read() as reading:
        return str(reading.connection.scalar(select(release_panel.c.state)))


def test_an_offer_is_repeated_until_it_is_answered(bench: Bench) -> None:
    release(bench)
    (offer,) = pumped(bench)
    assert (offer.version, offer.size, offer.user) == (1_006, len(NEW), 0)
    assert pumped(bench) == []
    bench.pass_time(REPEAT_MS)
    (again,) = pumped(bench)
    assert again.id == offer.id
    bench.panel.end.answer(offer.id, 0, 0)
    bench.settle()
    bench.pass_time(REPEAT_MS)
    assert pumped(bench) == []
    assert state(bench) == "loading"


def test_an_offer_goes_on_with_an_ingest_that_has_started_anew(bench: Bench) -> None:
    release(bench)
    (offer,) = pumped(bench)
    bench.start_ingest()
    bench.panel.end.disconnected()
    bench.connect()
    (again,) = pumped(bench)
    assert again.id == offer.id


def test_a_panel_gets_the_whole_image_part_by_part(bench: Bench) -> None:
    release(bench)
    (offer,) = pumped(bench)
    bench.panel.end.answer(offer.id, 0, 0)
    got = b""
    while len(got) < offer.size:
        for part in want(bench, offer.id, len(got)):
            assert (part.id, part.offset) == (offer.id, len(got))
            got += part.data
    assert got == NEW
    assert want(bench, offer.id, len(got)) == []


def test_parts_come_behind_the_acknowledgement_of_what_came_with_the_question(bench: Bench) -> None:
    release(bench)
    (offer,) = pumped(bench)
    number = bench.panel.record()
    bench.panel.end.tell(upkeep.UpdateWanted(offer.id, 0, 2))
    bench.down(bench.exchange(bench.panel.end.to_send()))
    facts = [fact[0] for fact in bench.panel.end.happenings()]
    assert "acknowledged" in facts
    assert "upkeep" not in facts
    assert number in [event.number for event in bench.stored()]
    assert len(pumped(bench)) == 2


def test_however_many_parts_a_panel_wants_it_gets_few_at_a_time(bench: Bench) -> None:
    release(bench)
    (offer,) = pumped(bench)
    assert len(want(bench, offer.id, 0, 20)) == serving.PARTS_EACH


def test_a_wish_beyond_the_image_or_for_what_was_not_offered_brings_nothing(bench: Bench) -> None:
    release(bench)
    (offer,) = pumped(bench)
    assert want(bench, offer.id, len(NEW)) == []
    assert want(bench, offer.id, (1 << 32) - 1, 20) == []
    assert want(bench, b"12345678", 0) == []
    (last,) = want(bench, offer.id, len(NEW) - 3, 2)
    assert last.data == NEW[-3:]


def test_the_offer_of_one_panel_serves_no_other(bench: Bench) -> None:
    release(bench)
    (offer,) = pumped(bench)
    other = Serving()
    now = Moment(bench.now_ms, bench.now_ms)
    other.want([("ffffffffffffffff", upkeep.UpdateWanted(offer.id, 0, 1))], now)
    with bench.store.read() as reading:
        other.look(reading, now, ("00", "ff"))
    asked: list[str] = []
    other.send(lambda name: asked.append(name), now)
    assert asked == [bench.panel.id], "that is the offer itself, which goes to its own panel"


def test_nothing_of_a_paused_release_is_sent(bench: Bench) -> None:
    made = release(bench)
    (offer,) = pumped(bench)
    with bench.store.begin() as tx:
        releases.pause(tx, SUPERVISOR, made, bench.now_ms)
    bench.pass_time(REPEAT_MS)
    assert want(bench, offer.id, 0) == []
    with bench.store.begin() as tx:
        releases.resume(tx, SUPERVISOR, made, bench.now_ms)
    assert any(isinstance(each, upkeep.UpdatePart) for each in want(bench, offer.id, 0))


def test_a_stopped_release_takes_its_offer_back_until_that_is_answered(bench: Bench) -> None:
    made = release(bench)
    (offer,) = pumped(bench)
    bench.panel.end.answer(offer.id, 0, 0)
    bench.settle()
    with bench.store.begin() as tx:
        releases.stop(tx, SUPERVISOR, made, bench.now_ms)
    (recall,) = pumped(bench)
    assert recall.size == 0
    assert recall.id != offer.id
    assert want(bench, offer.id, 0) == []
    bench.pass_time(REPEAT_MS)
    assert [each.id for each in pumped(bench)] == [recall.id]
    bench.panel.end.answer(recall.id, 0, 0)
    bench.settle()
    bench.pass_time(REPEAT_MS)
    assert pumped(bench) == []


def test_an_older_firmware_is_offered_nothing(bench: Bench) -> None:
    release(bench)
    bench.panel.firmware = 1_004
    bench.panel.end.disconnected()
    bench.connect()
    assert pumped(bench) == []


def test_the_store_knows_by_which_version_a_panel_came_and_what_its_floor_is(bench: Bench) -> None:
    release(bench)
    (offer,) = pumped(bench)
    tell(bench, upkeep.UpdateState(offer.id, upkeep.TRIAL, 0, 1_005, 1_003, len(NEW)))
    with bench.store.read() as reading:
        known = reading.panel(bench.panel.id)
    assert known is not None
    assert (known.firmware, known.hello_ms, known.firmware_floor) == (1_005, bench.now_ms, 1_003)
    assert state(bench) == "trial"


def test_only_so_many_panels_load_at_a_time_and_one_that_falls_silent_makes_room() -> None:
    queue = Serving()
    names = [f"{number:016x}" for number in range(serving.PANELS_AT_A_TIME + 1)]
    wish = upkeep.UpdateWanted(b"12345678", 0, 1)
    queue.want([(name, wish) for name in names], Moment(0, 0))
    assert set(queue._wanted) == set(names[:-1])
    later = Moment(0, serving.ACTIVE_MS)
    queue.want([(names[-1], wish)], later)
    assert names[-1] in queue._wanted


def test_few_images_stay_in_memory() -> None:
    store = Store.open("sqlite://")
    queue = Serving()
    kept = [add_image(store, signed_image(1_006 + number, leaf=number)) for number in range(serving.IMAGES_MAX + 3)]
    with store.read() as reading:
        for image in kept:
            queue._keep(reading, image)
    assert list(queue._images) == kept[-serving.IMAGES_MAX :]
    store.close()


def test_a_quiet_cloud_plans_nothing(bench: Bench) -> None:
    bench.connect()
    bench.core.pump(bench.now_ms)
    assert bench.core._updates.due_ms(Moment(bench.now_ms, bench.now_ms)) == []


def test_parts_are_as_large_as_a_message_allows(bench: Bench) -> None:
    release(bench)
    (offer,) = pumped(bench)
    first, _ = want(bench, offer.id, 0)
    assert len(first.data) == CONFIG_BYTES_MAX
