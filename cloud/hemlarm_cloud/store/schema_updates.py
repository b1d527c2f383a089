"""The tables of firmware: images, releases in rings, and what each panel made of them.

Times are whole milliseconds since 1970.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from hemlarm_cloud.store.schema import SerialId, metadata
from hemlarm_cloud.store.schema_sites import NO, NOTHING, ZERO

UNFINISHED = text("state IN ('running', 'paused')")
"""Which releases belong into the index of those that go on."""

RECALLED = text("recall IS NOT NULL")
"""Which panels belong into the index of those whose offer is being taken back."""

firmware_image = Table(
    "firmware_image",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("version", Integer, nullable=False, comment="1000 * major + minor"),
    Column("board", String(16), nullable=False),
    Column("floor", Integer, nullable=False, comment="the oldest that may run once this has proved itself"),
    Column("data_format", Integer, nullable=False),
    Column("abi", Integer, nullable=False),
    Column("built_s", BigInteger, nullable=False),
    Column("digest", LargeBinary(32), nullable=False, unique=True, comment="SHA-256 of the signed head"),
    Column("signing_key", LargeBinary(16), nullable=False, comment="the identifier I of the LMS key"),
    Column("signing_index", BigInteger, nullable=False, comment="of its one-time key"),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("added_by", String(64), nullable=False),
    Column("added_ms", BigInteger, nullable=False),
    UniqueConstraint("version", "board"),
    UniqueConstraint("signing_key", "signing_index"),
    sqlite_autoincrement=True,
)

release = Table(
    "release",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("version", Integer, nullable=False, comment="of a roll-back 0: each panel's is the one it had before"),
    Column("undoes", BigInteger, ForeignKey("release.id"), comment="of a roll-back: what it takes back"),
    Column("state", String(8), nullable=False),
    Column("reason", Text, nullable=False, server_default=NOTHING, comment="why it was stopped or paused"),
    Column("rings", String(100), nullable=False, comment="how far each goes: panels, or a share of all as in 5%"),
    Column("soak_ms", BigInteger, nullable=False, comment="how long each ring is watched before the next"),
    Column("failures_percent", Integer, nullable=False, comment="of a ring's panels that may fail"),
    Column("ring", Integer, nullable=False, server_default=ZERO, comment="that is open"),
    Column("ring_ms", BigInteger, nullable=False, comment="when it was opened"),
    Column("soak_from_ms", BigInteger, comment="since when enough of its panels run the version"),
    Column("started_by", String(64), nullable=False),
    Column("started_ms", BigInteger, nullable=False),
    Column("changed_by", String(64), nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
    CheckConstraint("state IN ('running', 'paused', 'stopped', 'done')", name="state"),
    sqlite_autoincrement=True,
)
Index("ix_release_unfinished", release.c.id, sqlite_where=UNFINISHED, postgresql_where=UNFINISHED)

release_panel = Table(
    "release_panel",
    metadata,
    Column("release", BigInteger, ForeignKey("release.id"), primary_key=True),
    Column("panel", String(16), ForeignKey("panel.id"), primary_key=True),
    Column("ring", Integer, nullable=False),
    Column("image", BigInteger, ForeignKey("firmware_image.id"), nullable=False),
    Column("before", Integer, nullable=False, comment="the version that it had"),
    Column("state", String(11), nullable=False),
    Column("reason", Integer, nullable=False, server_default=ZERO, comment="as in message_names.UPDATE_REASONS"),
    Column("offer", LargeBinary(8), unique=True, comment="the id of what it was offered"),
    Column(
        "recall", LargeBinary(8), unique=True, comment="the id by which the offer is taken back, until that is answered"
    ),
    Column("offered_ms", BigInteger, comment="when it was offered, or offered again"),
    Column("changed_ms", BigInteger, nullable=False, comment="when it was last heard of this"),
    Column("trial_ms", BigInteger, comment="since when it may have been trying the version"),
    Column("proved_ms", BigInteger, comment="when it told that the version has proved itself"),
    Column(
        "excused", Boolean, nullable=False, server_default=NO, comment="its failure counts no more: somebody resumed"
    ),
    Column("got", Integer, nullable=False, server_default=ZERO, comment="bytes of the image that it has"),
    CheckConstraint(
        "state IN ('waiting', 'offered', 'loading', 'ready', 'trial', 'running', 'good', "
        "'refused', 'rolled-back', 'silent', 'crashed', 'withdrawn')",
        name="state",
    ),
    Index(None, "panel"),
    Index(None, "state", "panel"),
    Index(None, "release", "ring", "state"),
)
Index("ix_release_panel_recalled", release_panel.c.panel, sqlite_where=RECALLED, postgresql_where=RECALLED)
