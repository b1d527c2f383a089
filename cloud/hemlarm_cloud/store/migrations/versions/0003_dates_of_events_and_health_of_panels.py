"""When events happened, as far as is known, and how panels are."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_estimated = sa.text("dating = 'between' AND qcode <> 0")


def upgrade() -> None:
    """Date what is stored by the panel's clock, or else by its arrival until the panel's next session."""
    _add_dates()
    op.execute(
        sa.text(
            "UPDATE event SET dated_ms = COALESCE(panel_time_ms, received_ms), "
            "dating = CASE WHEN panel_time_ms IS NULL THEN 'between' ELSE 'panel' END"
        )
    )
    columns = ["panel", "kid", "number"]
    op.create_index("ix_event_estimated", "event", columns, sqlite_where=_estimated, postgresql_where=_estimated)
    _create_boot_time()
    _create_panel_health()


def _add_dates() -> None:
    best = "when it happened, best known"
    op.add_column(
        "event",
        sa.Column("dated_ms", sa.BigInteger, nullable=False, server_default=sa.text("0"), comment=best),
    )
    op.add_column(
        "event",
        sa.Column("dating", sa.String(8), nullable=False, server_default=sa.text("'between'"), comment="who says so"),
    )


def _create_boot_time() -> None:
    op.create_table(
        "boot_time",
        sa.Column("panel", sa.String(16), nullable=False),
        sa.Column("kid", sa.LargeBinary(4), nullable=False),
        sa.Column("boot", sa.BigInteger, nullable=False),
        sa.Column("epoch_ms", sa.BigInteger, nullable=False, comment="when the panel's uptime was 0"),
        sa.Column("uptime_ms", sa.BigInteger, nullable=False, comment="the panel's, when it told"),
        sa.PrimaryKeyConstraint("panel", "kid", "boot", name="pk_boot_time"),
        sa.ForeignKeyConstraint(
            ["panel", "kid"], ["incarnation.panel", "incarnation.kid"], name="fk_boot_time_panel_kid"
        ),
    )


def _create_panel_health() -> None:
    large, small = sa.BigInteger, sa.Integer
    op.create_table(
        "panel_health",
        sa.Column("panel", sa.String(16), nullable=False),
        sa.Column("received_ms", large, nullable=False),
        sa.Column("boot", large, nullable=False),
        sa.Column("cause", small, nullable=False, comment="of the last start"),
        sa.Column("task", small, nullable=False, comment="that hung before it"),
        sa.Column("heap_free", large, nullable=False),
        sa.Column("journal_pending", small, nullable=False),
        sa.Column("journal_capacity", small, nullable=False),
        sa.Column("flash_faults", small, nullable=False),
        sa.Column("sectors_retired", small, nullable=False),
        sa.Column("erases_max", large, nullable=False),
        sa.Column("unsaved", small, nullable=False),
        sa.Column("mains", small, nullable=False),
        sa.Column("battery_mv", small, nullable=False),
        sa.Column("battery_percent", small, nullable=False),
        sa.Column("hours_left", small, nullable=False),
        sa.Column("power_flags", small, nullable=False),
        sa.PrimaryKeyConstraint("panel", name="pk_panel_health"),
        sa.ForeignKeyConstraint(["panel"], ["panel.id"], name="fk_panel_health_panel"),
    )
