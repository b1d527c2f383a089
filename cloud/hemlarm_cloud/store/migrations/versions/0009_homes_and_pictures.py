"""Homes as their people see them, and pictures."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables."""
    _create_arming()
    _create_panel_reading()
    _create_setting_limit()
    _create_site_map()
    _create_picture()
    _create_picture_part()
    _move_case_pictures()
    op.add_column("command", sa.Column("code", sa.LargeBinary()))


def _create_arming() -> None:
    op.create_table(
        "arming",
        sa.Column("transmitter", sa.String(length=60), nullable=False),
        sa.Column("area", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("user", sa.Integer(), nullable=False),
        sa.Column("dated_ms", sa.BigInteger(), nullable=False),
        sa.Column(
            "order_key", sa.String(length=40), nullable=False, comment="as in signal: orders what was dated alike"
        ),
        sa.CheckConstraint("state IN ('disarmed', 'away', 'home', 'night')", name="ck_arming_state"),
        sa.ForeignKeyConstraint(["transmitter"], ["transmitter.id"], name="fk_arming_transmitter"),
        sa.PrimaryKeyConstraint("transmitter", "area", name="pk_arming"),
    )


def _create_panel_reading() -> None:
    op.create_table(
        "panel_reading",
        sa.Column("panel", sa.String(length=16), nullable=False),
        sa.Column(
            "kind", sa.Integer(), nullable=False, comment="1 temperature, 2 plug, 3 lock; as in household messages"
        ),
        sa.Column("number", sa.Integer(), nullable=False, comment="of the zone or output"),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("told_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["panel"], ["panel.id"], name="fk_panel_reading_panel"),
        sa.PrimaryKeyConstraint("panel", "kind", "number", name="pk_panel_reading"),
    )


def _create_setting_limit() -> None:
    op.create_table(
        "setting_limit",
        sa.Column("site", sa.BigInteger(), nullable=False),
        sa.Column("setting", sa.String(length=20), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column(
            "most", sa.Integer(), nullable=False, comment="the installer's; where there is no row, the program's own"
        ),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_setting_limit_site"),
        sa.PrimaryKeyConstraint("site", "setting", name="pk_setting_limit"),
    )


def _create_site_map() -> None:
    op.create_table(
        "site_map",
        sa.Column("site", sa.BigInteger(), nullable=False),
        sa.Column("drawing", sa.Text(), nullable=False, comment="JSON: rooms and where the zones are"),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_site_map_site"),
        sa.PrimaryKeyConstraint("site", name="pk_site_map"),
    )


def _create_picture() -> None:
    op.create_table(
        "picture",
        sa.Column("id", _id, nullable=False),
        sa.Column("panel", sa.String(length=16), nullable=True, comment="none of one attached by hand"),
        sa.Column("reference", sa.LargeBinary(length=8), nullable=True, comment="the panel's own name for it"),
        sa.Column("event", sa.BigInteger(), nullable=True, comment="the alarm it was taken for"),
        sa.Column("case", sa.BigInteger(), nullable=True, comment="of one attached by hand"),
        sa.Column("zone", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="the camera's"),
        sa.Column("shot", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("taken_ms", sa.BigInteger(), nullable=False),
        sa.Column("attached_by", sa.String(length=64), server_default=sa.text("''"), nullable=False),
        sa.Column("media_type", sa.String(length=20), server_default=sa.text("''"), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False, comment="bytes"),
        sa.Column("got", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="bytes, from the first on"),
        sa.Column("content", sa.LargeBinary(), nullable=True, comment="under a key of its own, which no backup holds"),
        sa.Column("complete_ms", sa.BigInteger(), nullable=True),
        sa.Column("delete_ms", sa.BigInteger(), nullable=False, comment="14 days after it was taken, on hold up to 30"),
        sa.Column("held_by", sa.String(length=64), server_default=sa.text("''"), nullable=False),
        sa.Column("hold_reason", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["alarm_case.id"], name="fk_picture_case"),
        sa.ForeignKeyConstraint(["event"], ["event.id"], name="fk_picture_event"),
        sa.ForeignKeyConstraint(["panel"], ["panel.id"], name="fk_picture_panel"),
        sa.PrimaryKeyConstraint("id", name="pk_picture"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_picture_case", "picture", ["case"], unique=False)
    op.create_index("ix_picture_delete_ms", "picture", ["delete_ms"], unique=False)
    op.create_index("ix_picture_event", "picture", ["event"], unique=False)
    op.create_index("ix_picture_panel_reference", "picture", ["panel", "reference"], unique=True)


def _create_picture_part() -> None:
    op.create_table(
        "picture_part",
        sa.Column("picture", sa.BigInteger(), nullable=False),
        sa.Column("offset", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False, comment="under the picture's key"),
        sa.ForeignKeyConstraint(["picture"], ["picture.id"], name="fk_picture_part_picture"),
        sa.PrimaryKeyConstraint("picture", "offset", name="pk_picture_part"),
    )


def _move_case_pictures() -> None:
    """Those attached by hand keep their numbers. They are due at once, which is when they are sealed."""
    op.execute(
        sa.text(
            'INSERT INTO picture (id, "case", taken_ms, attached_by, media_type, total, got, content, delete_ms)'
            ' SELECT id, "case", at_ms, attached_by, media_type, length(content), length(content), content, 0'
            " FROM case_picture"
        )
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            sa.text(
                "SELECT setval(pg_get_serial_sequence('picture', 'id'), greatest(1, (SELECT max(id) FROM picture)))"
            )
        )
    op.drop_index("ix_case_picture_case", "case_picture")
    op.drop_table("case_picture")
