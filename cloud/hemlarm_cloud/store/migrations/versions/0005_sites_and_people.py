"""Whom the receiving centre serves, and its audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables of sites and people."""
    _create_audit()
    _create_customer()
    _create_authority_list()
    _create_contract()
    _create_person()
    _create_site()
    _create_account()
    _create_authority()
    _create_authority_list_site()
    _create_contact()
    _create_plan_step()
    _create_site_key()
    _create_transmitter()
    _create_key_movement()
    _create_panel_user()
    _create_zone_name()


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", _id, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("on_behalf_of", sa.BigInteger(), nullable=True, comment="the person whose authority counted"),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("site", sa.BigInteger(), nullable=True),
        sa.Column("customer", sa.BigInteger(), nullable=True),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False, comment="JSON, without secrets"),
        sa.Column(
            "chain", sa.LargeBinary(length=32), nullable=False, comment="SHA-256 over the row before and this one"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_site_id", "audit", ["site", "id"], unique=False)
    op.create_index("ix_audit_customer_id", "audit", ["customer", "id"], unique=False)


def _create_customer() -> None:
    op.create_table(
        "customer",
        sa.Column("id", _id, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("organisation_number", sa.String(length=20), server_default=sa.text("''"), nullable=False),
        sa.Column("language", sa.String(length=2), server_default=sa.text("'sv'"), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("language IN ('sv', 'en')", name="ck_customer_language"),
        sa.PrimaryKeyConstraint("id", name="pk_customer"),
        sa.UniqueConstraint("number", name="uq_customer_number"),
        sqlite_autoincrement=True,
    )


def _create_authority_list() -> None:
    op.create_table(
        "authority_list",
        sa.Column("id", _id, nullable=False),
        sa.Column("kind", sa.String(length=9), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("customer", sa.BigInteger(), nullable=True, comment="of a customer's list"),
        sa.Column("fire_certificate_until_ms", sa.BigInteger(), nullable=True, comment="of an installer company"),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("kind IN ('customer', 'installer')", name="ck_authority_list_kind"),
        sa.ForeignKeyConstraint(["customer"], ["customer.id"], name="fk_authority_list_customer"),
        sa.PrimaryKeyConstraint("id", name="pk_authority_list"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_authority_list_customer", "authority_list", ["customer"], unique=False)


def _create_contract() -> None:
    op.create_table(
        "contract",
        sa.Column("id", _id, nullable=False),
        sa.Column("customer", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("begins_ms", sa.BigInteger(), nullable=False),
        sa.Column(
            "ends_ms",
            sa.BigInteger(),
            nullable=False,
            comment="extended by a year unless given notice of 3 months before",
        ),
        sa.Column("terminated_ms", sa.BigInteger(), nullable=True, comment="when notice was given"),
        sa.Column("events_included", sa.Integer(), nullable=True, comment="per period; without a number all are"),
        sa.Column("period", sa.String(length=7), server_default=sa.text("'month'"), nullable=False),
        sa.Column("heartbeats", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("period IN ('month', 'quarter', 'year')", name="ck_contract_period"),
        sa.ForeignKeyConstraint(["customer"], ["customer.id"], name="fk_contract_customer"),
        sa.PrimaryKeyConstraint("id", name="pk_contract"),
        sa.UniqueConstraint("number", name="uq_contract_number"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_contract_customer", "contract", ["customer"], unique=False)


def _create_person() -> None:
    op.create_table(
        "person",
        sa.Column("id", _id, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("phone", sa.String(length=20), server_default=sa.text("''"), nullable=False),
        sa.Column("other_phone", sa.String(length=20), server_default=sa.text("''"), nullable=False),
        sa.Column("email", sa.String(length=120), server_default=sa.text("''"), nullable=False),
        sa.Column("language", sa.String(length=2), server_default=sa.text("'sv'"), nullable=False),
        sa.Column("customer", sa.BigInteger(), nullable=True, comment="whose records hold this person"),
        sa.Column("installer", sa.BigInteger(), nullable=True, comment="or which company's"),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("language IN ('sv', 'en')", name="ck_person_language"),
        sa.ForeignKeyConstraint(["customer"], ["customer.id"], name="fk_person_customer"),
        sa.ForeignKeyConstraint(["installer"], ["authority_list.id"], name="fk_person_installer"),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_person_customer", "person", ["customer"], unique=False)
    op.create_index("ix_person_installer", "person", ["installer"], unique=False)


def _create_site() -> None:
    op.create_table(
        "site",
        sa.Column("id", _id, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("customer", sa.BigInteger(), nullable=True, comment="none until the site is registered"),
        sa.Column("contract", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("address", sa.String(length=120), server_default=sa.text("''"), nullable=False),
        sa.Column("town", sa.String(length=60), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "region",
            sa.String(length=40),
            server_default=sa.text("''"),
            nullable=False,
            comment="what a power cut strikes as one",
        ),
        sa.Column("time_zone", sa.String(length=40), server_default=sa.text("'Europe/Stockholm'"), nullable=False),
        sa.Column("language", sa.String(length=2), server_default=sa.text("'sv'"), nullable=False),
        sa.Column("password", sa.LargeBinary(), nullable=True, comment="what the person says; sealed by the vault"),
        sa.Column(
            "counter_password", sa.LargeBinary(), nullable=True, comment="what the centre says; sealed by the vault"
        ),
        sa.Column(
            "key_service", sa.Boolean(), server_default=sa.text("false"), nullable=False, comment="a guard has the key"
        ),
        sa.Column(
            "guard",
            sa.String(length=80),
            server_default=sa.text("''"),
            nullable=False,
            comment="the guards and how to reach them",
        ),
        sa.Column("tested_ms", sa.BigInteger(), nullable=True, comment="the last yearly test that went well"),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="counts its changes"),
        sa.CheckConstraint("language IN ('sv', 'en')", name="ck_site_language"),
        sa.ForeignKeyConstraint(["contract"], ["contract.id"], name="fk_site_contract"),
        sa.ForeignKeyConstraint(["customer"], ["customer.id"], name="fk_site_customer"),
        sa.PrimaryKeyConstraint("id", name="pk_site"),
        sa.UniqueConstraint("number", name="uq_site_number"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_site_contract", "site", ["contract"], unique=False)
    op.create_index("ix_site_customer", "site", ["customer"], unique=False)
    op.create_index("ix_site_region", "site", ["region"], unique=False)


def _create_account() -> None:
    op.create_table(
        "account",
        sa.Column("id", _id, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=True),
        sa.Column("customer", sa.BigInteger(), nullable=True, comment="of a customer's account"),
        sa.Column("installer", sa.BigInteger(), nullable=True, comment="of an installer's account: the company"),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False, comment="SHA-256 of the bearer token"),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=True),
        sa.Column("revoked_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "role IN ('supervisor', 'operator', 'customer', 'installer', 'monitor')", name="ck_account_role"
        ),
        sa.ForeignKeyConstraint(["customer"], ["customer.id"], name="fk_account_customer"),
        sa.ForeignKeyConstraint(["installer"], ["authority_list.id"], name="fk_account_installer"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_account_person"),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("name", name="uq_account_name"),
        sa.UniqueConstraint("token_hash", name="uq_account_token_hash"),
        sqlite_autoincrement=True,
    )


def _create_authority() -> None:
    op.create_table(
        "authority",
        sa.Column("list", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.String(length=1), nullable=False, comment="A, B or C; I for an installer"),
        sa.Column("police_approval_until_ms", sa.BigInteger(), nullable=True, comment="of an installer"),
        sa.Column("until_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("level IN ('A', 'B', 'C', 'I')", name="ck_authority_level"),
        sa.ForeignKeyConstraint(["list"], ["authority_list.id"], name="fk_authority_list"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_authority_person"),
        sa.PrimaryKeyConstraint("list", "person", name="pk_authority"),
    )
    op.create_index("ix_authority_person", "authority", ["person"], unique=False)


def _create_authority_list_site() -> None:
    op.create_table(
        "authority_list_site",
        sa.Column("list", sa.BigInteger(), nullable=False),
        sa.Column("site", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["list"], ["authority_list.id"], name="fk_authority_list_site_list"),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_authority_list_site_site"),
        sa.PrimaryKeyConstraint("list", "site", name="pk_authority_list_site"),
    )
    op.create_index("ix_authority_list_site_site", "authority_list_site", ["site"], unique=False)


def _create_contact() -> None:
    op.create_table(
        "contact",
        sa.Column("site", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False, comment="from 1, the order of calls"),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("has_key", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("fire_neighbour", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("note", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_contact_person"),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_contact_site"),
        sa.PrimaryKeyConstraint("site", "position", name="pk_contact"),
    )
    op.create_index("ix_contact_person", "contact", ["person"], unique=False)


def _create_plan_step() -> None:
    op.create_table(
        "plan_step",
        sa.Column("site", sa.BigInteger(), nullable=False),
        sa.Column("category", sa.String(length=10), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=True),
        sa.Column("only_if", sa.String(length=20), server_default=sa.text("''"), nullable=False),
        sa.Column("text", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_plan_step_person"),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_plan_step_site"),
        sa.PrimaryKeyConstraint("site", "category", "position", name="pk_plan_step"),
    )


def _create_site_key() -> None:
    op.create_table(
        "site_key",
        sa.Column("id", _id, nullable=False),
        sa.Column("site", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("holder", sa.String(length=80), server_default=sa.text("''"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("state IN ('held', 'out', 'returned', 'destroyed')", name="ck_site_key_state"),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_site_key_site"),
        sa.PrimaryKeyConstraint("id", name="pk_site_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_site_key_site", "site_key", ["site"], unique=False)


def _create_transmitter() -> None:
    op.create_table(
        "transmitter",
        sa.Column("id", sa.String(length=60), nullable=False, comment="a panel's id, or sos:CODE, or dc09:ACCOUNT"),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("site", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=60), server_default=sa.text("''"), nullable=False),
        sa.Column("added_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('hemlarm', 'sos-access', 'dc-09')", name="ck_transmitter_kind"),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_transmitter_site"),
        sa.PrimaryKeyConstraint("id", name="pk_transmitter"),
    )
    op.create_index("ix_transmitter_site", "transmitter", ["site"], unique=False)


def _create_key_movement() -> None:
    op.create_table(
        "key_movement",
        sa.Column("id", _id, nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('received', 'handed-out', 'back', 'returned', 'destroyed')", name="ck_key_movement_kind"
        ),
        sa.ForeignKeyConstraint(["key"], ["site_key.id"], name="fk_key_movement_key"),
        sa.PrimaryKeyConstraint("id", name="pk_key_movement"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_key_movement_key", "key_movement", ["key"], unique=False)


def _create_panel_user() -> None:
    op.create_table(
        "panel_user",
        sa.Column("transmitter", sa.String(length=60), nullable=False),
        sa.Column("user", sa.Integer(), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_panel_user_person"),
        sa.ForeignKeyConstraint(["transmitter"], ["transmitter.id"], name="fk_panel_user_transmitter"),
        sa.PrimaryKeyConstraint("transmitter", "user", name="pk_panel_user"),
    )


def _create_zone_name() -> None:
    op.create_table(
        "zone_name",
        sa.Column("transmitter", sa.String(length=60), nullable=False),
        sa.Column("zone", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["transmitter"], ["transmitter.id"], name="fk_zone_name_transmitter"),
        sa.PrimaryKeyConstraint("transmitter", "zone", name="pk_zone_name"),
    )
