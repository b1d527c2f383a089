"""Firmware images, releases in rings, and what each panel made of them."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_RECALLED = sa.text("recall IS NOT NULL")
_UNFINISHED = sa.text("state IN ('running', 'paused')")


def upgrade() -> None:
    """Create the tables."""
    op.add_column("panel", sa.Column("board", sa.String(length=16), comment="as in the heads of firmware images"))
    op.add_column("panel", sa.Column("firmware", sa.Integer(), comment="what its last session was opened by"))
    op.add_column("panel", sa.Column("hello_ms", sa.BigInteger(), comment="when that was"))
    op.add_column(
        "panel", sa.Column("firmware_floor", sa.Integer(), comment="the oldest that it still runs, as it told")
    )
    _create_firmware_image()
    _create_release()
    _create_release_panel()


def _create_firmware_image() -> None:
    op.create_table(
        "firmware_image",
        sa.Column("id", _id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="1000 * major + minor"),
        sa.Column("board", sa.String(length=16), nullable=False),
        sa.Column("floor", sa.Integer(), nullable=False, comment="the oldest that may run once this has proved itself"),
        sa.Column("data_format", sa.Integer(), nullable=False),
        sa.Column("abi", sa.Integer(), nullable=False),
        sa.Column("built_s", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False, comment="SHA-256 of the signed head"),
        sa.Column("signing_key", sa.LargeBinary(length=16), nullable=False, comment="the identifier I of the LMS key"),
        sa.Column("signing_index", sa.BigInteger(), nullable=False, comment="of its one-time key"),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_by", sa.String(length=64), nullable=False),
        sa.Column("added_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_firmware_image"),
        sa.UniqueConstraint("digest", name="uq_firmware_image_digest"),
        sa.UniqueConstraint("version", "board", name="uq_firmware_image_version_board"),
        sa.UniqueConstraint("signing_key", "signing_index", name="uq_firmware_image_signing_key_signing_index"),
        sqlite_autoincrement=True,
    )


def _create_release() -> None:
    op.create_table(
        "release",
        sa.Column("id", _id, nullable=False),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="of a roll-back 0: each panel's is the one it had before"
        ),
        sa.Column("undoes", sa.BigInteger(), comment="of a roll-back: what it takes back"),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False, comment="why it was stopped or paused"),
        sa.Column(
            "rings",
            sa.String(length=100),
            nullable=False,
            comment="how far each goes: panels, or a share of all as in 5%",
        ),
        sa.Column("soak_ms", sa.BigInteger(), nullable=False, comment="how long each ring is watched before the next"),
        sa.Column("failures_percent", sa.Integer(), nullable=False, comment="of a ring's panels that may fail"),
        sa.Column("ring", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="that is open"),
        sa.Column("ring_ms", sa.BigInteger(), nullable=False, comment="when it was opened"),
        sa.Column("soak_from_ms", sa.BigInteger(), comment="since when enough of its panels run the version"),
        sa.Column("started_by", sa.String(length=64), nullable=False),
        sa.Column("started_ms", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('running', 'paused', 'stopped', 'done')", name="ck_release_state"),
        sa.ForeignKeyConstraint(["undoes"], ["release.id"], name="fk_release_undoes"),
        sa.PrimaryKeyConstraint("id", name="pk_release"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_release_unfinished", "release", ["id"], sqlite_where=_UNFINISHED, postgresql_where=_UNFINISHED)


def _create_release_panel() -> None:
    op.create_table(
        "release_panel",
        sa.Column("release", sa.BigInteger(), nullable=False),
        sa.Column("panel", sa.String(length=16), nullable=False),
        sa.Column("ring", sa.Integer(), nullable=False),
        sa.Column("image", sa.BigInteger(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=False, comment="the version that it had"),
        sa.Column("state", sa.String(length=11), nullable=False),
        sa.Column(
            "reason",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="as in message_names.UPDATE_REASONS",
        ),
        sa.Column("offer", sa.LargeBinary(length=8), comment="the id of what it was offered"),
        sa.Column(
            "recall",
            sa.LargeBinary(length=8),
            comment="the id by which the offer is taken back, until that is answered",
        ),
        sa.Column("offered_ms", sa.BigInteger(), comment="when it was offered, or offered again"),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False, comment="when it was last heard of this"),
        sa.Column("trial_ms", sa.BigInteger(), comment="since when it may have been trying the version"),
        sa.Column(
            "excused",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="its failure counts no more: somebody resumed",
        ),
        sa.Column("proved_ms", sa.BigInteger(), comment="when it told that the version has proved itself"),
        sa.Column(
            "got", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="bytes of the image that it has"
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'offered', 'loading', 'ready', 'trial', 'running', 'good', "
            "'refused', 'rolled-back', 'silent', 'crashed', 'withdrawn')",
            name="ck_release_panel_state",
        ),
        sa.ForeignKeyConstraint(["image"], ["firmware_image.id"], name="fk_release_panel_image"),
        sa.ForeignKeyConstraint(["panel"], ["panel.id"], name="fk_release_panel_panel"),
        sa.ForeignKeyConstraint(["release"], ["release.id"], name="fk_release_panel_release"),
        sa.PrimaryKeyConstraint("release", "panel", name="pk_release_panel"),
        sa.UniqueConstraint("offer", name="uq_release_panel_offer"),
        sa.UniqueConstraint("recall", name="uq_release_panel_recall"),
    )
    for columns in (["panel"], ["state", "panel"], ["release", "ring", "state"]):
        op.create_index(f"ix_release_panel_{'_'.join(columns)}", "release_panel", columns)
    op.create_index(
        "ix_release_panel_recalled", "release_panel", ["panel"], sqlite_where=_RECALLED, postgresql_where=_RECALLED
    )
