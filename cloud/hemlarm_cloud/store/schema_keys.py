"""The tables of the life of keys: rotations, renewed certificates, moves.

Times are whole milliseconds since 1970.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    text,
)

from hemlarm_cloud.store.schema import SerialId, metadata

UNFINISHED = text("state IN ('asked', 'answered', 'proved')")
"""Which rotations are under way: one of a panel at a time."""

OFFERED = text("document IS NOT NULL")
"""Which certificates wait for their panel to take them."""

UNRESET = text("NOT done")
"""Which moves wait for the panel to be reset."""

panel_rekey = Table(
    "panel_rekey",
    metadata,
    Column("id", LargeBinary(8), primary_key=True),
    Column("panel", String(16), ForeignKey("panel.id"), nullable=False),
    Column("asked_by", String(64), nullable=False),
    Column("asked_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("state", String(8), nullable=False),
    Column("public", LargeBinary(32), nullable=False),
    Column("private", LargeBinary, comment="sealed by the vault, and gone when the change has proved itself"),
    Column("root_next", LargeBinary, comment="wrapped by the vault, from the panel's answer on"),
    Column("root_before", LargeBinary, comment="wrapped by the vault, until nothing waits that it has sealed"),
    Column("changed_ms", BigInteger, nullable=False),
    CheckConstraint("state IN ('asked', 'answered', 'proved', 'finished', 'expired')", name="state"),
)
Index(
    "ix_panel_rekey_unfinished",
    panel_rekey.c.panel,
    unique=True,
    sqlite_where=UNFINISHED,
    postgresql_where=UNFINISHED,
)
Index("ix_panel_rekey_panel", panel_rekey.c.panel, panel_rekey.c.asked_ms)

panel_certificate = Table(
    "panel_certificate",
    metadata,
    Column("panel", String(16), ForeignKey("panel.id"), primary_key=True),
    Column("serial", String(40), nullable=False, comment="of the one that the panel uses, hexadecimal"),
    Column("ends_ms", BigInteger, nullable=False),
    Column("offer", LargeBinary(8), comment="the last renewal's id"),
    Column("other_serial", String(40), comment="of the one that is offered, or of the one before"),
    Column("other_ends_ms", BigInteger),
    Column("document", LargeBinary, comment="certificate and key, sealed by the vault, until the panel has them"),
    Column("offered_ms", BigInteger),
    Column("failed_ms", BigInteger, comment="when the last renewal was given up"),
    Index(None, "ends_ms"),
)
Index(
    "ix_panel_certificate_offered",
    panel_certificate.c.panel,
    sqlite_where=OFFERED,
    postgresql_where=OFFERED,
)

panel_move = Table(
    "panel_move",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("panel", String(16), ForeignKey("panel.id"), nullable=False),
    Column("from_site", BigInteger, ForeignKey("site.id"), nullable=False),
    Column("to_site", BigInteger, ForeignKey("site.id"), nullable=False),
    Column("moved_ms", BigInteger, nullable=False),
    Column("moved_by", String(64), nullable=False),
    Column("done", Boolean, nullable=False, comment="nothing of the former home is left in the panel"),
    Index(None, "panel", "moved_ms"),
    sqlite_autoincrement=True,
)
Index("ix_panel_move_unreset", panel_move.c.panel, unique=True, sqlite_where=UNRESET, postgresql_where=UNRESET)
