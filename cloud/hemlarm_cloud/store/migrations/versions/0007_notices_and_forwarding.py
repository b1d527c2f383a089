"""What the receiving centre sends and takes."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_APPENDED = ("audit", "case_log", "key_movement")
_REFUSAL = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME; END $$
"""
_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables of notices, reports, duty rosters, forwarding and foreign transmitters."""
    _create_destination()
    _create_duty_service()
    _create_duty()
    _create_duty_call()
    _create_report_order()
    _create_route()
    _create_foreign_account()
    _create_notice()
    _create_forwarded()
    _guard_appended()


def _guard_appended() -> None:
    """Rows of these are only ever added: the database itself refuses everything else."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_REFUSAL)
        for table in _APPENDED:
            op.execute(
                f"CREATE TRIGGER {table}_is_only_appended BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
        return
    for table in _APPENDED:
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed'); END"
            )


def _create_destination() -> None:
    op.create_table(
        "destination",
        sa.Column("id", _id, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("protocol", sa.String(length=10), nullable=False),
        sa.Column("primary_address", sa.String(length=120), nullable=False, comment="HOST:PORT"),
        sa.Column("secondary_address", sa.String(length=120), server_default=sa.text("''"), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False, comment="JSON: form, account, receiver, certificate, ..."),
        sa.Column("secret", sa.LargeBinary(), nullable=True, comment="password or key; sealed by the vault"),
        sa.Column(
            "next_secret",
            sa.LargeBinary(),
            nullable=True,
            comment="a new password until a telegram with it was accepted",
        ),
        sa.Column("level_s", sa.Integer(), server_default=sa.text("90000"), nullable=False),
        sa.Column("sequence", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="the last one used"),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("heard_ms", sa.BigInteger(), nullable=True, comment="its last good answer"),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("protocol IN ('sos-access', 'dc-09')", name="ck_destination_protocol"),
        sa.PrimaryKeyConstraint("id", name="pk_destination"),
        sa.UniqueConstraint("name", name="uq_destination_name"),
        sqlite_autoincrement=True,
    )


def _create_duty_service() -> None:
    op.create_table(
        "duty_service",
        sa.Column("id", _id, nullable=False),
        sa.Column("customer", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column(
            "number", sa.String(length=20), server_default=sa.text("''"), nullable=False, comment="that people call"
        ),
        sa.Column("time_zone", sa.String(length=40), server_default=sa.text("'Europe/Stockholm'"), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["customer"], ["customer.id"], name="fk_duty_service_customer"),
        sa.PrimaryKeyConstraint("id", name="pk_duty_service"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_duty_service_customer", "duty_service", ["customer"], unique=False)


def _create_duty() -> None:
    op.create_table(
        "duty",
        sa.Column("id", _id, nullable=False),
        sa.Column("service", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("1"), nullable=False, comment="who is called first"),
        sa.CheckConstraint("from_ms < until_ms", name="ck_duty_ordered"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_duty_person"),
        sa.ForeignKeyConstraint(["service"], ["duty_service.id"], name="fk_duty_service"),
        sa.PrimaryKeyConstraint("id", name="pk_duty"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_duty_service_from_ms", "duty", ["service", "from_ms"], unique=False)


def _create_duty_call() -> None:
    op.create_table(
        "duty_call",
        sa.Column("id", _id, nullable=False),
        sa.Column("service", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("answered_ms", sa.BigInteger(), nullable=True),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("caller", sa.String(length=40), server_default=sa.text("''"), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=True, comment="on duty, whom it was passed to"),
        sa.Column("taken_by", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=500), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_duty_call_person"),
        sa.ForeignKeyConstraint(["service"], ["duty_service.id"], name="fk_duty_call_service"),
        sa.PrimaryKeyConstraint("id", name="pk_duty_call"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_duty_call_service_at_ms", "duty_call", ["service", "at_ms"], unique=False)


def _create_report_order() -> None:
    op.create_table(
        "report_order",
        sa.Column("id", _id, nullable=False),
        sa.Column("report", sa.String(length=6), nullable=False, comment="ZR0047 and so on"),
        sa.Column("customer", sa.BigInteger(), nullable=True),
        sa.Column("site", sa.BigInteger(), nullable=True),
        sa.Column("list", sa.BigInteger(), nullable=True),
        sa.Column("service", sa.BigInteger(), nullable=True),
        sa.Column("recipient", sa.String(length=120), nullable=False),
        sa.Column("form", sa.String(length=3), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column(
            "last_month",
            sa.String(length=7),
            server_default=sa.text("''"),
            nullable=False,
            comment="2026-11: the last one sent",
        ),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("form IN ('csv', 'pdf')", name="ck_report_order_form"),
        sa.CheckConstraint("language IN ('sv', 'en')", name="ck_report_order_language"),
        sa.ForeignKeyConstraint(["customer"], ["customer.id"], name="fk_report_order_customer"),
        sa.ForeignKeyConstraint(["list"], ["authority_list.id"], name="fk_report_order_list"),
        sa.ForeignKeyConstraint(["service"], ["duty_service.id"], name="fk_report_order_service"),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_report_order_site"),
        sa.PrimaryKeyConstraint("id", name="pk_report_order"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_report_order_customer", "report_order", ["customer"], unique=False)
    op.create_index(
        "ix_report_order_standing",
        "report_order",
        ["last_month"],
        unique=False,
        sqlite_where=sa.text("ended_ms IS NULL"),
        postgresql_where=sa.text("ended_ms IS NULL"),
    )


def _create_route() -> None:
    op.create_table(
        "route",
        sa.Column("site", sa.BigInteger(), nullable=False),
        sa.Column("destination", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.String(length=20), nullable=False, comment="the site's at that receiver"),
        sa.Column(
            "lowest_urgency",
            sa.Integer(),
            server_default=sa.text("4"),
            nullable=False,
            comment="restores go with their alarms",
        ),
        sa.ForeignKeyConstraint(["destination"], ["destination.id"], name="fk_route_destination"),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_route_site"),
        sa.PrimaryKeyConstraint("site", "destination", name="pk_route"),
    )
    op.create_index("ix_route_destination", "route", ["destination"], unique=False)


def _create_foreign_account() -> None:
    op.create_table(
        "foreign_account",
        sa.Column("transmitter", sa.String(length=60), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False, comment="JSON: what the protocol needs to know"),
        sa.Column("secret", sa.LargeBinary(), nullable=True, comment="password or key; sealed by the vault"),
        sa.Column("next_secret", sa.LargeBinary(), nullable=True, comment="a password given out and not used yet"),
        sa.Column(
            "level_s", sa.Integer(), nullable=True, comment="the longest silence; without a number it is not supervised"
        ),
        sa.Column("heard_ms", sa.BigInteger(), nullable=True),
        sa.Column(
            "silent_ms",
            sa.BigInteger(),
            nullable=True,
            comment="when its silence became a fault; none while it is heard",
        ),
        sa.Column("sequence", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="the last one taken"),
        sa.Column("sequence_ms", sa.BigInteger(), server_default=sa.text("0"), nullable=False, comment="its time"),
        sa.ForeignKeyConstraint(["transmitter"], ["transmitter.id"], name="fk_foreign_account_transmitter"),
        sa.PrimaryKeyConstraint("transmitter", name="pk_foreign_account"),
    )


def _create_notice() -> None:
    op.create_table(
        "notice",
        sa.Column("id", _id, nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False, comment="what makes it the same notice"),
        sa.Column("channel", sa.String(length=4), nullable=False),
        sa.Column("recipient", sa.String(length=120), nullable=False, comment="a telephone number or a mail address"),
        sa.Column("site", sa.BigInteger(), nullable=True),
        sa.Column("case", sa.BigInteger(), nullable=True),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("attachment", sa.LargeBinary(), nullable=True),
        sa.Column("attachment_name", sa.String(length=80), server_default=sa.text("''"), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=7), nullable=False),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.Column("sent_ms", sa.BigInteger(), nullable=True),
        sa.Column("problem", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("channel IN ('sms', 'mail')", name="ck_notice_channel"),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'failed')", name="ck_notice_state"),
        sa.ForeignKeyConstraint(["case"], ["alarm_case.id"], name="fk_notice_case"),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_notice_site"),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        sa.UniqueConstraint("key", name="uq_notice_key"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_notice_due",
        "notice",
        ["due_ms"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("ix_notice_site_id", "notice", ["site", "id"], unique=False)


def _create_forwarded() -> None:
    op.create_table(
        "forwarded",
        sa.Column("id", _id, nullable=False, comment="the order of one site's signals"),
        sa.Column("destination", sa.BigInteger(), nullable=False),
        sa.Column("site", sa.BigInteger(), nullable=False),
        sa.Column("signal", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=7), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=True, comment="that it was sent with, kept over repetitions"),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.Column("done_ms", sa.BigInteger(), nullable=True),
        sa.Column(
            "receiver",
            sa.String(length=9),
            server_default=sa.text("''"),
            nullable=False,
            comment="primary or secondary",
        ),
        sa.Column("problem", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'refused')", name="ck_forwarded_state"),
        sa.ForeignKeyConstraint(["destination"], ["destination.id"], name="fk_forwarded_destination"),
        sa.ForeignKeyConstraint(["signal"], ["signal.id"], name="fk_forwarded_signal"),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_forwarded_site"),
        sa.PrimaryKeyConstraint("id", name="pk_forwarded"),
        sa.UniqueConstraint("destination", "signal", name="uq_forwarded_destination_signal"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_forwarded_signal", "forwarded", ["signal"], unique=False)
    op.create_index(
        "ix_forwarded_waiting",
        "forwarded",
        ["destination", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
