"""The tables of homes as their people see them: what is armed, what sensors read, what may be set; and pictures.

Times are whole milliseconds since 1970.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from hemlarm_cloud.store.schema import SerialId, metadata
from hemlarm_cloud.store.schema_sites import NOTHING, ZERO

arming = Table(
    "arming",
    metadata,
    Column("transmitter", String(60), ForeignKey("transmitter.id"), primary_key=True),
    Column("area", Integer, primary_key=True),
    Column("state", String(8), nullable=False),
    Column("user", Integer, nullable=False),
    Column("dated_ms", BigInteger, nullable=False),
    Column("order_key", String(40), nullable=False, comment="as in signal: orders what was dated alike"),
    CheckConstraint("state IN ('disarmed', 'away', 'home', 'night')", name="state"),
)

panel_reading = Table(
    "panel_reading",
    metadata,
    Column("panel", String(16), ForeignKey("panel.id"), primary_key=True),
    Column("kind", Integer, primary_key=True, comment="1 temperature, 2 plug, 3 lock; as in household messages"),
    Column("number", Integer, primary_key=True, comment="of the zone or output"),
    Column("value", Integer, nullable=False),
    Column("told_ms", BigInteger, nullable=False),
)

setting_limit = Table(
    "setting_limit",
    metadata,
    Column("site", BigInteger, ForeignKey("site.id"), primary_key=True),
    Column("setting", String(20), primary_key=True),
    Column("least", Integer, nullable=False),
    Column("most", Integer, nullable=False, comment="the installer's; where there is no row, the program's own"),
)

site_map = Table(
    "site_map",
    metadata,
    Column("site", BigInteger, ForeignKey("site.id"), primary_key=True),
    Column("drawing", Text, nullable=False, comment="JSON: rooms and where the zones are"),
)

picture = Table(
    "picture",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("panel", String(16), ForeignKey("panel.id"), comment="none of one attached by hand"),
    Column("reference", LargeBinary(8), comment="the panel's own name for it"),
    Column("event", BigInteger, ForeignKey("event.id"), comment="the alarm it was taken for"),
    Column("case", BigInteger, ForeignKey("alarm_case.id"), comment="of one attached by hand"),
    Column("zone", Integer, nullable=False, server_default=ZERO, comment="the camera's"),
    Column("shot", Integer, nullable=False, server_default=ZERO),
    Column("taken_ms", BigInteger, nullable=False),
    Column("attached_by", String(64), nullable=False, server_default=NOTHING),
    Column("media_type", String(20), nullable=False, server_default=NOTHING),
    Column("total", Integer, nullable=False, comment="bytes"),
    Column("got", Integer, nullable=False, server_default=ZERO, comment="bytes, from the first on"),
    Column("content", LargeBinary, comment="under a key of its own, which no backup holds"),
    Column("complete_ms", BigInteger),
    Column("delete_ms", BigInteger, nullable=False, comment="14 days after it was taken, on hold up to 30"),
    Column("held_by", String(64), nullable=False, server_default=NOTHING),
    Column("hold_reason", String(200), nullable=False, server_default=NOTHING),
    Column("version", Integer, nullable=False, server_default=ZERO),
    Index(None, "case"),
    Index(None, "event"),
    Index(None, "panel", "reference", unique=True),
    Index(None, "delete_ms"),
    sqlite_autoincrement=True,
)

picture_part = Table(
    "picture_part",
    metadata,
    Column("picture", BigInteger, ForeignKey("picture.id"), primary_key=True),
    Column("offset", Integer, primary_key=True),
    Column("data", LargeBinary, nullable=False, comment="under the picture's key"),
)
