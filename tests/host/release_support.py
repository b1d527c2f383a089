"""A fleet of panels in a store, as far as releases see it: what they tell, when they are heard, and time by hand."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select, update

from hemlarm_cloud.store import LineFault, Panel, PanelHealth, Store
from hemlarm_cloud.store.schema import panel as panel_table
from hemlarm_cloud.store.schema_updates import release_panel
from hemlarm_cloud.updates import images, progress, releases, step
from hemlarm_protocol import messages, topics, upkeep
from images import TEST_KEY, signed_image
from registered_site import SUPERVISOR

BEGAN_MS = 1_800_000_000_000
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
BEFORE, NEW = 1_005, 1_006
IP = 1


@cache
def _empty_database() -> bytes:
    """The file of a new store: to make one takes longer than most tests."""
    with TemporaryDirectory() as folder:
        file = Path(folder, "store.db")
        Store.open(f"sqlite:///{file}").close()
        return file.read_bytes()


def new_url(folder: Path) -> str:
    """The address of a new store in this folder."""
    file = folder / "store.db"
    file.write_bytes(_empty_database())
    return f"sqlite:///{file}"


def panel_name(number: int) -> str:
    """The id of panel number so much."""
    return f"{number:016x}"


class Fleet:
    """So many simulated panels of firmware 1.5, and images of that and of 1.6."""

    def __init__(self, store: Store, count: int) -> None:
        self.store = store
        self.now_ms = BEGAN_MS
        self.panels = [panel_name(number) for number in range(1, count + 1)]
        with store.begin() as tx:
            for name in self.panels:
                known = Panel(name, topics.shard(name), b"key", "", BEGAN_MS, board="simulated")
                tx.add_panel(known._replace(firmware=BEFORE, hello_ms=BEGAN_MS - HOUR_MS))
        self.add(BEFORE)
        self.add(NEW)

    def add(self, version: int, board: str = "simulated", floor: int = 1_000, leaf: int | None = None) -> int:
        """Take an image into the store; returns its id."""
        image = signed_image(version, board=board, floor=floor, leaf=leaf)
        with self.store.begin() as tx:
            return int(images.add(tx, SUPERVISOR, image, [TEST_KEY.public], self.now_ms).id)

    def start(self, rings: str = "1, 5%, 25%, 100%", soak_ms: int = HOUR_MS, first: Iterable[str] = ()) -> int:
        """Begin the release of 1.6."""
        with self.store.begin() as tx:
            return releases.start(tx, SUPERVISOR, NEW, self.now_ms, (), rings, soak_ms, first=list(first))

    def step(self, pass_ms: int = step.LOOK_MS) -> None:
        """Let time go by, and the step have its turn."""
        self.now_ms += pass_ms
        step.step(self.store, self.now_ms)

    def in_state(self, release: int, *wanted: str) -> list[str]:
        """The panels of a release that are in one of these states."""
        query = select(release_panel.c.panel).where(release_panel.c.release == release)
        with self.store.read() as reading:
            found = reading.connection.scalars(query.where(release_panel.c.state.in_(wanted)))
            return sorted(found)

    def ring_of(self, release: int) -> dict[str, int]:
        """The ring of each panel of a release."""
        query = select(release_panel.c.panel, release_panel.c.ring).where(release_panel.c.release == release)
        with self.store.read() as reading:
            return {row.panel: row.ring for row in reading.connection.execute(query)}

    def take_ring(self, release: int) -> list[str]:
        """All panels with an offer take the version, and the ring has been watched for long enough; returns them."""
        self.step()
        took = self.offered(release)
        self.takes(*took)
        self.step(HOUR_MS)
        self.step()
        return took

    def offered(self, release: int) -> list[str]:
        """The panels with an offer that they have not answered."""
        return self.in_state(release, "offered")

    def state(self, release: int) -> str:
        """The state of a release."""
        with self.store.read() as reading:
            return str(releases.expect(reading, release).state)

    def offer(self, name: str) -> bytes:
        """The id of a panel's newest offer."""
        query = select(release_panel.c.offer).where(release_panel.c.panel == name, release_panel.c.offer.is_not(None))
        with self.store.read() as reading:
            found = reading.connection.scalars(query.order_by(release_panel.c.release.desc())).first()
        assert found is not None, f"panel {name} was offered nothing"
        return bytes(found)

    # What panels do.

    def answers(self, name: str, status: int = 0, detail: int = 0) -> None:
        """A panel answers its offer."""
        result = messages.Result(self.offer(name), status, detail)
        with self.store.begin() as tx:
            progress.answer(tx, name, result, self.now_ms)

    def tells(self, name: str, state: int, reason: int = 0, version: int = BEFORE, floor: int = 1_000) -> None:
        """A panel tells what became of its offer."""
        told = upkeep.UpdateState(self.offer(name), state, reason, version, floor, 0)
        with self.store.begin() as tx:
            progress.tell(tx, name, told, self.now_ms)

    def opens(self, name: str, version: int) -> None:
        """A panel opens a session by a version of the firmware."""
        with self.store.begin() as tx:
            values = {"firmware": version, "hello_ms": self.now_ms}
            tx.connection.execute(update(panel_table).where(panel_table.c.id == name).values(values))

    def heard(self, *names: str) -> None:
        """Panels are heard now, which ends their line faults."""
        with self.store.begin() as tx:
            tx.keep_heard([(name, IP, self.now_ms) for name in names])
            for name in names:
                tx.end_line_fault(name, "line-fault", 0, self.now_ms)

    def falls_silent(self, name: str) -> None:
        """A panel's line fault begins."""
        with self.store.begin() as tx:
            assert tx.begin_line_fault(LineFault(name, "line-fault", 0, self.now_ms, self.now_ms - 3 * MINUTE_MS))

    def tells_health(self, name: str, cause: int) -> None:
        """A panel tells how it is, and why it last started."""
        with self.store.begin() as tx:
            tx.keep_health(PanelHealth(name, self.now_ms, 2, cause, *[0] * 13))

    def tries(self, name: str) -> None:
        """A panel takes the offer, loads the image, and begins its trial."""
        self.answers(name)
        for state in (upkeep.LOADING, upkeep.READY, upkeep.TRIAL):
            self.tells(name, state)

    def takes(self, *names: str) -> None:
        """Panels take the version and prove it, and are heard a minute later."""
        for name in names:
            self.tries(name)
            self.opens(name, NEW)
            self.tells(name, upkeep.RUNNING, version=NEW)
        self.now_ms += MINUTE_MS
        self.heard(*names)
        self.step()
