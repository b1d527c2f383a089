"""Link levels, numbers for SMS, what paths report, and line faults."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_untold = sa.text("NOT levels_told")
_open = sa.text("ended_ms IS NULL")


def upgrade() -> None:
    """Give every panel the usual levels. Which paths it has shows as soon as it is heard."""
    _add_levels()
    op.create_index("ix_incarnation_kid", "incarnation", ["kid"])
    _create_path_heard()
    _create_path_report()
    _create_line_fault()


def _add_levels() -> None:
    usual, rare = sa.text("180"), sa.text("90000")
    columns = (
        sa.Column(
            "link_level_s", sa.Integer, nullable=False, server_default=usual, comment="the longest silence of all paths"
        ),
        sa.Column(
            "standby_level_s", sa.Integer, nullable=False, server_default=rare, comment="the longest silence of one"
        ),
        sa.Column("sms_number", sa.String(16), comment="where to acknowledge what came by SMS"),
        sa.Column(
            "levels_told",
            sa.Boolean,
            nullable=False,
            server_default=sa.text("true"),
            comment="by the process that serves it",
        ),
    )
    for column in columns:
        op.add_column("panel", column)
    op.create_index("ix_panel_untold", "panel", ["id"], sqlite_where=_untold, postgresql_where=_untold)


def _create_path_heard() -> None:
    op.create_table(
        "path_heard",
        sa.Column("panel", sa.String(16), nullable=False),
        sa.Column("path", sa.Integer, nullable=False),
        sa.Column("heard_ms", sa.BigInteger, nullable=False, comment="the last time, to within some minutes"),
        sa.PrimaryKeyConstraint("panel", "path", name="pk_path_heard"),
        sa.ForeignKeyConstraint(["panel"], ["panel.id"], name="fk_path_heard_panel"),
    )


def _create_path_report() -> None:
    large, small = sa.BigInteger, sa.Integer
    op.create_table(
        "path_report",
        sa.Column("panel", sa.String(16), nullable=False),
        sa.Column("path", small, nullable=False),
        sa.Column("received_ms", large, nullable=False),
        sa.Column("up", small, nullable=False),
        sa.Column("registration", small, nullable=False),
        sa.Column("technology", small, nullable=False),
        sa.Column("signal", small, nullable=False, comment="-dBm, 255 where not known"),
        sa.Column("air_s", large, nullable=False, comment="this and the next three: in this day of uptime"),
        sa.Column("bytes_up", large, nullable=False),
        sa.Column("bytes_down", large, nullable=False),
        sa.Column("sms", small, nullable=False),
        sa.Column("day_air_s", large, nullable=False, comment="in the last whole day of uptime"),
        sa.Column("day_bytes_up", large, nullable=False),
        sa.Column("day_bytes_down", large, nullable=False),
        sa.PrimaryKeyConstraint("panel", "path", name="pk_path_report"),
        sa.ForeignKeyConstraint(["panel"], ["panel.id"], name="fk_path_report_panel"),
    )


def _create_line_fault() -> None:
    op.create_table(
        "line_fault",
        sa.Column("panel", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("path", sa.Integer, nullable=False, comment="0 means all of them"),
        sa.Column("began_ms", sa.BigInteger, nullable=False),
        sa.Column("heard_ms", sa.BigInteger, nullable=False, comment="the last time before"),
        sa.Column("ended_ms", sa.BigInteger),
        sa.PrimaryKeyConstraint("panel", "kind", "path", "began_ms", name="pk_line_fault"),
        sa.ForeignKeyConstraint(["panel"], ["panel.id"], name="fk_line_fault_panel"),
        sa.CheckConstraint("kind IN ('line-fault', 'path-fault')", name="ck_line_fault_kind"),
    )
    op.create_index(
        "uq_line_fault_open",
        "line_fault",
        ["panel", "kind", "path"],
        unique=True,
        sqlite_where=_open,
        postgresql_where=_open,
    )
