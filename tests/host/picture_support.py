"""Pictures for tests of the cloud: a small real JPEG, a panel that sends it in parts, and the site it belongs to."""

import io
from typing import Any

from PIL import Image
from sqlalchemy import select, update

from handled_site import NOON_MS, HandledSite
from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.pictures import arriving, rows, views
from hemlarm_cloud.store import Event, Panel, Store
from hemlarm_cloud.store.schema_cases import signal
from hemlarm_cloud.store.schema_homes import picture
from hemlarm_cloud.store.schema_sites import transmitter
from hemlarm_protocol.household import PicturePart

SUPERVISOR = Actor("supervisor:sara", Role.SUPERVISOR)
KID = b"kidk"
PART = 700


def jpeg(side: int = 48, seed: int = 0) -> bytes:
    """A JPEG of about one kilobyte."""
    out = io.BytesIO()
    Image.effect_mandelbrot((side, side), (-2, -1, 1, 1), 20 + seed).convert("RGB").save(out, "JPEG")
    return out.getvalue()


class CameraSite(HandledSite):
    """A site whose panel has a camera. `alarm` is a case with an event of the panel's."""

    def __init__(self, store: Store, panel: str = "a1b2c3d4e5f60718") -> None:
        super().__init__(store, f"Villa {panel[:4]}")
        self.panel = panel
        with store.begin() as tx:
            tx.add_panel(Panel(panel, panel[:2], b"", "1", 0))
            tx.learn_incarnation(panel, KID, bytes(16), 0)
            tx.connection.execute(
                update(transmitter).where(transmitter.c.site == self.site).values(id=panel, kind="hemlarm")
            )

    def alarm(self, number: int = 7, at_ms: int = NOON_MS) -> int:
        """Store an event of the panel and make a case of it; returns the case's id."""
        with self.store.begin() as tx:
            head = (self.panel, KID, number, bytes(8), b"", at_ms, at_ms, 1130)
            tx.add_event(Event(*head, dated_ms=at_ms))
        case_id = self.case("intrusion", 1130, at_ms=at_ms)
        with self.store.begin() as tx:
            event_id = tx.events(self.panel, limit=1000)[-1].id
            tx.connection.execute(update(signal).where(signal.c.case == case_id).values(origin_id=event_id))
        return case_id

    def send(self, parts: list[PicturePart], now_ms: int = NOON_MS) -> list[int]:
        """Bring parts to the cloud, each in a commit of its own; returns what the panel is told of each."""
        told = []
        for part in parts:
            with self.store.begin() as tx:
                told += [got for _, _, got in arriving.write(tx, [(self.panel, part)], now_ms)]
        return told

    def take(self, content: bytes | None = None, name: bytes = b"picture1", now_ms: int = NOON_MS, **of: Any) -> int:
        """Bring a whole picture to the cloud; returns its id."""
        self.send(parts_of(content or jpeg(), name, **{"taken": now_ms // 1000} | of), now_ms)
        return int(self.heads()[-1].id)

    def heads(self) -> list[Any]:
        """All pictures, without their content."""
        with self.store.read() as reading:
            return list(reading.connection.execute(select(*rows.HEAD).order_by(picture.c.id)))

    def look(self, picture_id: int, actor: Actor = SUPERVISOR) -> bytes:
        """See a picture."""
        with self.store.begin() as tx:
            return views.look(tx, actor, picture_id, NOON_MS)[1]


def parts_of(content: bytes, name: bytes = b"picture1", size: int = PART, **of: Any) -> list[PicturePart]:
    """Cut a picture into the parts that a panel sends."""
    head = {"id": name, "kid": KID, "number": 7, "zone": 3, "shot": 0, "taken": NOON_MS // 1000} | of
    return [
        PicturePart(**head, total=len(content), offset=offset, data=content[offset : offset + size])
        for offset in range(0, len(content), size)
    ]
