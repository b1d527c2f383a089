"""Rotation of root keys, renewal of certificates, moves to another site."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_UNFINISHED = sa.text("state IN ('asked', 'answered', 'proved')")
_OFFERED = sa.text("document IS NOT NULL")
_UNRESET = sa.text("NOT done")


def upgrade() -> None:
    """Create the tables."""
    _create_panel_rekey()
    _create_panel_certificate()
    _create_panel_move()
    reset = sa.text("qcode = 1313")
    op.create_index("ix_event_reset", "event", ["panel"], unique=False, sqlite_where=reset, postgresql_where=reset)


def _create_panel_rekey() -> None:
    op.create_table(
        "panel_rekey",
        sa.Column("id", sa.LargeBinary(length=8), nullable=False),
        sa.Column("panel", sa.String(length=16), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("asked_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("public", sa.LargeBinary(length=32), nullable=False),
        sa.Column(
            "private", sa.LargeBinary(), comment="sealed by the vault, and gone when the change has proved itself"
        ),
        sa.Column("root_next", sa.LargeBinary(), comment="wrapped by the vault, from the panel's answer on"),
        sa.Column(
            "root_before", sa.LargeBinary(), comment="wrapped by the vault, until nothing waits that it has sealed"
        ),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'answered', 'proved', 'finished', 'expired')", name="ck_panel_rekey_state"
        ),
        sa.ForeignKeyConstraint(["panel"], ["panel.id"], name="fk_panel_rekey_panel"),
        sa.PrimaryKeyConstraint("id", name="pk_panel_rekey"),
    )
    op.create_index(
        "ix_panel_rekey_unfinished",
        "panel_rekey",
        ["panel"],
        unique=True,
        sqlite_where=_UNFINISHED,
        postgresql_where=_UNFINISHED,
    )
    op.create_index("ix_panel_rekey_panel", "panel_rekey", ["panel", "asked_ms"], unique=False)


def _create_panel_certificate() -> None:
    op.create_table(
        "panel_certificate",
        sa.Column("panel", sa.String(length=16), nullable=False),
        sa.Column(
            "serial", sa.String(length=40), nullable=False, comment="of the one that the panel uses, hexadecimal"
        ),
        sa.Column("ends_ms", sa.BigInteger(), nullable=False),
        sa.Column("offer", sa.LargeBinary(length=8), comment="the last renewal's id"),
        sa.Column("other_serial", sa.String(length=40), comment="of the one that is offered, or of the one before"),
        sa.Column("other_ends_ms", sa.BigInteger()),
        sa.Column(
            "document", sa.LargeBinary(), comment="certificate and key, sealed by the vault, until the panel has them"
        ),
        sa.Column("offered_ms", sa.BigInteger()),
        sa.Column("failed_ms", sa.BigInteger(), comment="when the last renewal was given up"),
        sa.ForeignKeyConstraint(["panel"], ["panel.id"], name="fk_panel_certificate_panel"),
        sa.PrimaryKeyConstraint("panel", name="pk_panel_certificate"),
    )
    op.create_index("ix_panel_certificate_ends_ms", "panel_certificate", ["ends_ms"], unique=False)
    op.create_index(
        "ix_panel_certificate_offered",
        "panel_certificate",
        ["panel"],
        unique=False,
        sqlite_where=_OFFERED,
        postgresql_where=_OFFERED,
    )


def _create_panel_move() -> None:
    op.create_table(
        "panel_move",
        sa.Column("id", _id, nullable=False),
        sa.Column("panel", sa.String(length=16), nullable=False),
        sa.Column("from_site", sa.BigInteger(), nullable=False),
        sa.Column("to_site", sa.BigInteger(), nullable=False),
        sa.Column("moved_ms", sa.BigInteger(), nullable=False),
        sa.Column("moved_by", sa.String(length=64), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False, comment="nothing of the former home is left in the panel"),
        sa.ForeignKeyConstraint(["from_site"], ["site.id"], name="fk_panel_move_from_site"),
        sa.ForeignKeyConstraint(["panel"], ["panel.id"], name="fk_panel_move_panel"),
        sa.ForeignKeyConstraint(["to_site"], ["site.id"], name="fk_panel_move_to_site"),
        sa.PrimaryKeyConstraint("id", name="pk_panel_move"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_panel_move_panel_moved_ms", "panel_move", ["panel", "moved_ms"], unique=False)
    op.create_index(
        "ix_panel_move_unreset",
        "panel_move",
        ["panel"],
        unique=True,
        sqlite_where=_UNRESET,
        postgresql_where=_UNRESET,
    )
