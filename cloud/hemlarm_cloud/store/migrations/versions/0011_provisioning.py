"""Panels on their way into the installation."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_NOTHING = sa.text("''")
_ZERO = sa.text("0")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "provisioning",
        sa.Column("id", _id, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("site", sa.BigInteger(), nullable=True, comment="where it will be; none until somebody says"),
        sa.Column(
            "panel", sa.String(length=16), nullable=False, comment="the id it drew; a row of panel when it is done"
        ),
        sa.Column("board", sa.String(length=16), nullable=False),
        sa.Column("firmware", sa.Integer(), nullable=False, comment="1000 times the major version, plus the minor"),
        sa.Column(
            "serial",
            sa.String(length=64),
            server_default=_NOTHING,
            nullable=False,
            comment="the board's own, hexadecimal",
        ),
        sa.Column("began_by", sa.String(length=64), nullable=False),
        sa.Column("began_ms", sa.BigInteger(), nullable=False),
        sa.Column(
            "typed_by",
            sa.String(length=64),
            server_default=_NOTHING,
            nullable=False,
            comment="who typed the right code",
        ),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False, comment="of what is not finished"),
        sa.Column("tries", sa.Integer(), server_default=_ZERO, nullable=False, comment="wrong codes"),
        sa.Column(
            "shared",
            sa.LargeBinary(),
            nullable=True,
            comment="what panel and cloud have in common; sealed by the vault, gone at the end",
        ),
        sa.Column("root_key", sa.LargeBinary(), nullable=True, comment="wrapped by the vault; gone at the end"),
        sa.Column("certificate_serial", sa.String(length=40), server_default=_NOTHING, nullable=False),
        sa.Column(
            "given",
            sa.LargeBinary(),
            nullable=True,
            comment="the fourth message, which only the panel can read; gone at the end",
        ),
        sa.CheckConstraint(
            "state IN ('root', 'code', 'giving', 'done', 'refused', 'ended')", name="ck_provisioning_state"
        ),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_provisioning_site"),
        sa.PrimaryKeyConstraint("id", name="pk_provisioning"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_provisioning_panel", "provisioning", ["panel"], unique=False)
    op.create_index("ix_provisioning_site", "provisioning", ["site"], unique=False)
    op.create_index("ix_provisioning_state_expires_ms", "provisioning", ["state", "expires_ms"], unique=False)
    op.create_index("ix_provisioning_began_by_began_ms", "provisioning", ["began_by", "began_ms"], unique=False)
