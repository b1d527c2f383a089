"""The first tables: panels, incarnations, events, void ranges, alerts, commands."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_serial_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create them all."""
    _create_panel()
    _create_incarnation()
    _create_event()
    _create_void_range()
    _create_alert()
    _create_command()


def _create_panel() -> None:
    op.create_table(
        "panel",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("shard", sa.String(2), nullable=False),
        sa.Column("root_key", sa.LargeBinary, nullable=False, comment="wrapped by the vault"),
        sa.Column("certificate_serial", sa.String(40), nullable=False, comment="hexadecimal, at most 20 bytes"),
        sa.Column("provisioned_ms", sa.BigInteger, nullable=False),
        sa.Column("revoked_ms", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_panel"),
    )
    op.create_index("ix_panel_shard", "panel", ["shard"])


def _create_incarnation() -> None:
    op.create_table(
        "incarnation",
        sa.Column("panel", sa.String(16), nullable=False),
        sa.Column("kid", sa.LargeBinary(4), nullable=False),
        sa.Column("salt", sa.LargeBinary(16), nullable=False),
        sa.Column("first_seen_ms", sa.BigInteger, nullable=False),
        sa.Column("complete_below", sa.BigInteger, nullable=False, comment="every lower number is stored or void"),
        sa.PrimaryKeyConstraint("panel", "kid", name="pk_incarnation"),
        sa.ForeignKeyConstraint(["panel"], ["panel.id"], name="fk_incarnation_panel"),
    )


def _create_event() -> None:
    op.create_table(
        "event",
        sa.Column("id", _serial_id, nullable=False, comment="ascends in the order of the commits"),
        sa.Column("panel", sa.String(16), nullable=False),
        sa.Column("kid", sa.LargeBinary(4), nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column(
            "tag", sa.LargeBinary(8), nullable=False, comment="the part of the seal's tag that acknowledgements name"
        ),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("received_ms", sa.BigInteger, nullable=False),
        sa.Column("committed_ms", sa.BigInteger, nullable=False),
        sa.Column(
            "qcode", sa.Integer, nullable=False, comment="qualifier and Contact ID code; 0 declares a void range"
        ),
        sa.Column("area", sa.Integer, nullable=False),
        sa.Column("zone", sa.Integer, nullable=False),
        sa.Column("user", sa.Integer, nullable=False),
        sa.Column("source", sa.Integer, nullable=False),
        sa.Column("detail", sa.Integer, nullable=False),
        sa.Column("boot", sa.BigInteger, nullable=False),
        sa.Column("uptime_ms", sa.BigInteger, nullable=False),
        sa.Column("panel_time_ms", sa.BigInteger, comment="by the panel's clock, once it has been set"),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sa.ForeignKeyConstraint(["panel", "kid"], ["incarnation.panel", "incarnation.kid"], name="fk_event_panel_kid"),
        sa.UniqueConstraint("panel", "kid", "number", "tag", name="uq_event_panel_kid_number_tag"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_event_panel_id", "event", ["panel", "id"])


def _create_void_range() -> None:
    op.create_table(
        "void_range",
        sa.Column("panel", sa.String(16), nullable=False),
        sa.Column("kid", sa.LargeBinary(4), nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False, comment="of the record that declares the range"),
        sa.Column("tag", sa.LargeBinary(8), nullable=False, comment="of the record that declares the range"),
        sa.Column("first", sa.BigInteger, nullable=False),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.Column("cause", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("panel", "kid", "number", "tag", name="pk_void_range"),
        sa.ForeignKeyConstraint(
            ["panel", "kid", "number", "tag"],
            ["event.panel", "event.kid", "event.number", "event.tag"],
            name="fk_void_range_panel_kid_number_tag",
        ),
        sa.CheckConstraint("first <= last", name="ck_void_range_ordered"),
    )
    op.create_index("ix_void_range_panel_kid_last", "void_range", ["panel", "kid", "last"])


def _create_alert() -> None:
    op.create_table(
        "alert",
        sa.Column("id", _serial_id, nullable=False),
        sa.Column("panel", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alert"),
        sa.ForeignKeyConstraint(["panel"], ["panel.id"], name="fk_alert_panel"),
        sqlite_autoincrement=True,
    )


def _create_command() -> None:
    op.create_table(
        "command",
        sa.Column("id", sa.LargeBinary(8), nullable=False),
        sa.Column("panel", sa.String(16), nullable=False),
        sa.Column("requested_by", sa.String(64), nullable=False),
        sa.Column("verb", sa.Integer, nullable=False),
        sa.Column("argument", sa.Integer, nullable=False),
        sa.Column("user", sa.Integer, nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.Column("expires_ms", sa.BigInteger, nullable=False),
        sa.Column("sent_ms", sa.BigInteger),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("detail", sa.Integer),
        sa.Column("answered_ms", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_command"),
        sa.ForeignKeyConstraint(["panel"], ["panel.id"], name="fk_command_panel"),
        sa.CheckConstraint("state IN ('queued', 'sent', 'done', 'failed', 'expired')", name="ck_command_state"),
    )
    op.create_index("ix_command_state_panel", "command", ["state", "panel"])
    op.create_index("ix_command_panel_created_ms", "command", ["panel", "created_ms"])
