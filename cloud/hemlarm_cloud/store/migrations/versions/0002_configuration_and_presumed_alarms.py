"""Configurations, their changes, and presumed alarms."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the tables, and have every known panel asked for its configuration."""
    _create_configuration()
    _create_configuration_change()
    _create_presumed_alarm()
    op.execute(sa.text("INSERT INTO configuration (panel, complete) SELECT id, false FROM panel"))


def _create_configuration() -> None:
    op.create_table(
        "configuration",
        sa.Column("panel", sa.String(16), nullable=False),
        sa.Column("revision", sa.BigInteger),
        sa.Column("document", sa.LargeBinary, comment="CBOR as the panel told it, without secrets"),
        sa.Column("read_ms", sa.BigInteger),
        sa.Column("complete", sa.Boolean, nullable=False, comment="no newer one is known to be at the panel"),
        sa.PrimaryKeyConstraint("panel", name="pk_configuration"),
        sa.ForeignKeyConstraint(["panel"], ["panel.id"], name="fk_configuration_panel"),
    )


def _create_configuration_change() -> None:
    op.create_table(
        "configuration_change",
        sa.Column("id", sa.LargeBinary(8), nullable=False),
        sa.Column("panel", sa.String(16), nullable=False),
        sa.Column("requested_by", sa.String(64), nullable=False),
        sa.Column("user", sa.Integer, nullable=False),
        sa.Column("base", sa.BigInteger, nullable=False, comment="the revision it is based on"),
        sa.Column("edits", sa.LargeBinary, nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.Column("expires_ms", sa.BigInteger, nullable=False),
        sa.Column("sent_ms", sa.BigInteger),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("detail", sa.Integer),
        sa.Column("answered_ms", sa.BigInteger),
        sa.Column("reason", sa.Text, comment="why the panel refused it, in the panel's words"),
        sa.PrimaryKeyConstraint("id", name="pk_configuration_change"),
        sa.ForeignKeyConstraint(["panel"], ["panel.id"], name="fk_configuration_change_panel"),
        sa.CheckConstraint(
            "state IN ('queued', 'sent', 'done', 'failed', 'expired')", name="ck_configuration_change_state"
        ),
    )
    op.create_index("ix_configuration_change_state_panel", "configuration_change", ["state", "panel"])


def _create_presumed_alarm() -> None:
    op.create_table(
        "presumed_alarm",
        sa.Column("panel", sa.String(16), nullable=False),
        sa.Column("kid", sa.LargeBinary(4), nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False, comment="of the event that started the entry delay"),
        sa.Column("area", sa.Integer, nullable=False),
        sa.Column("zone", sa.Integer, nullable=False),
        sa.Column("received_ms", sa.BigInteger, nullable=False),
        sa.Column("due_ms", sa.BigInteger, nullable=False, comment="raised then, unless settled"),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("raised_ms", sa.BigInteger),
        sa.Column("settled_ms", sa.BigInteger, comment="when what settles it was stored; of a raised one, too late"),
        sa.PrimaryKeyConstraint("panel", "kid", "number", name="pk_presumed_alarm"),
        sa.ForeignKeyConstraint(["panel"], ["panel.id"], name="fk_presumed_alarm_panel"),
        sa.CheckConstraint("state IN ('waiting', 'settled', 'raised')", name="ck_presumed_alarm_state"),
    )
    op.create_index("ix_presumed_alarm_state_due_ms", "presumed_alarm", ["state", "due_ms"])
