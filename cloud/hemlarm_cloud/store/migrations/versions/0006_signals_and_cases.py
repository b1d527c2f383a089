"""The receiving centre's work: signals, cases, conditions, service mode."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_urgent = sa.text("qcode >= 1100 AND qcode < 1200")
_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables of case work."""
    op.create_index("ix_event_urgent", "event", ["id"], sqlite_where=_urgent, postgresql_where=_urgent)
    _create_lane()
    _create_alarm_case()
    _create_case_log()
    _create_case_picture()
    _create_case_task()
    _create_condition()
    _create_foreign_event()
    _create_service_mode()
    _create_signal()


def _create_lane() -> None:
    op.create_table(
        "lane",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False, comment="the last row that became a signal"),
        sa.PrimaryKeyConstraint("name", name="pk_lane"),
    )
    # What came before there was case work is history: nobody is to be called about it now.
    for name, table in (("urgent", "event"), ("events", "event"), ("alerts", "alert")):
        op.execute(f"INSERT INTO lane SELECT '{name}', MAX(id) FROM {table} HAVING MAX(id) IS NOT NULL")  # noqa: S608


def _create_alarm_case() -> None:
    op.create_table(
        "alarm_case",
        sa.Column("id", _id, nullable=False),
        sa.Column("site", sa.BigInteger(), nullable=True, comment="none of a regional incident's own case"),
        sa.Column("kind", sa.String(length=8), nullable=False, comment="alarm, fault, incident or service"),
        sa.Column("key", sa.String(length=80), nullable=True, comment="of a service case: what makes it the same one"),
        sa.Column("category", sa.String(length=10), nullable=False, comment="that of the most urgent signal"),
        sa.Column("urgency", sa.Integer(), nullable=False, comment="0 comes first; see cases/categories.py"),
        sa.Column("state", sa.String(length=11), nullable=False),
        sa.Column("began_ms", sa.BigInteger(), nullable=False, comment="when the first signal happened"),
        sa.Column("latest_ms", sa.BigInteger(), nullable=False, comment="when the last signal happened"),
        sa.Column("opened_ms", sa.BigInteger(), nullable=False, comment="when the centre could first see it"),
        sa.Column("answered_ms", sa.BigInteger(), nullable=True, comment="when an operator first took it"),
        sa.Column("closed_ms", sa.BigInteger(), nullable=True),
        sa.Column("operator", sa.String(length=64), nullable=True, comment="who has it now"),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("summary", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "test", sa.Boolean(), server_default=sa.text("false"), nullable=False, comment="a yearly test is under way"
        ),
        sa.Column("cancelled_ms", sa.BigInteger(), nullable=True, comment="when a user cancelled it by code"),
        sa.Column(
            "region", sa.String(length=40), server_default=sa.text("''"), nullable=False, comment="of an incident"
        ),
        sa.Column(
            "sites", sa.Integer(), server_default=sa.text("1"), nullable=False, comment="how many an incident struck"
        ),
        sa.Column("incident", sa.BigInteger(), nullable=True, comment="the regional incident it is part of"),
        sa.Column("follows", sa.BigInteger(), nullable=True, comment="the closed case that it continues"),
        sa.Column("wake_ms", sa.BigInteger(), nullable=True, comment="when time alone brings something"),
        sa.Column("escalation", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="counts its changes"),
        sa.CheckConstraint("(state = 'closed') = (closed_ms IS NOT NULL)", name="ck_alarm_case_closed"),
        sa.CheckConstraint("kind IN ('alarm', 'fault', 'incident', 'service')", name="ck_alarm_case_kind"),
        sa.CheckConstraint(
            "state IN ('new', 'claimed', 'in-progress', 'waiting', 'closed')", name="ck_alarm_case_state"
        ),
        sa.ForeignKeyConstraint(["follows"], ["alarm_case.id"], name="fk_alarm_case_follows"),
        sa.ForeignKeyConstraint(["incident"], ["alarm_case.id"], name="fk_alarm_case_incident"),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_alarm_case_site"),
        sa.PrimaryKeyConstraint("id", name="pk_alarm_case"),
        sa.UniqueConstraint("key", name="uq_alarm_case_key"),
        sqlite_autoincrement=True,
    )
    _index_alarm_case()


def _index_alarm_case() -> None:
    op.create_index("ix_alarm_case_opened_ms", "alarm_case", ["opened_ms"], unique=False)
    op.create_index(
        "ix_alarm_case_queue",
        "alarm_case",
        ["urgency", "opened_ms"],
        unique=False,
        sqlite_where=sa.text("closed_ms IS NULL AND incident IS NULL"),
        postgresql_where=sa.text("closed_ms IS NULL AND incident IS NULL"),
    )
    op.create_index("ix_alarm_case_site_opened_ms", "alarm_case", ["site", "opened_ms"], unique=False)
    op.create_index(
        "ix_alarm_case_wake",
        "alarm_case",
        ["wake_ms"],
        unique=False,
        sqlite_where=sa.text("wake_ms IS NOT NULL"),
        postgresql_where=sa.text("wake_ms IS NOT NULL"),
    )


def _create_case_log() -> None:
    op.create_table(
        "case_log",
        sa.Column("id", _id, nullable=False),
        sa.Column("case", sa.BigInteger(), nullable=False),
        sa.Column("site", sa.BigInteger(), nullable=True),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False, comment="JSON"),
        sa.ForeignKeyConstraint(["case"], ["alarm_case.id"], name="fk_case_log_case"),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_case_log_site"),
        sa.PrimaryKeyConstraint("id", name="pk_case_log"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_case_log_case_id", "case_log", ["case", "id"], unique=False)


def _create_case_picture() -> None:
    op.create_table(
        "case_picture",
        sa.Column("id", _id, nullable=False),
        sa.Column("case", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("attached_by", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=20), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["alarm_case.id"], name="fk_case_picture_case"),
        sa.PrimaryKeyConstraint("id", name="pk_case_picture"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_case_picture_case", "case_picture", ["case"], unique=False)


def _create_case_task() -> None:
    op.create_table(
        "case_task",
        sa.Column("id", _id, nullable=False),
        sa.Column("case", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False, comment="what makes it the same task"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.Column("only_if", sa.String(length=20), server_default=sa.text("''"), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=True),
        sa.Column("note", sa.String(length=500), server_default=sa.text("''"), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=True),
        sa.Column("done_ms", sa.BigInteger(), nullable=True),
        sa.Column("done_by", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("state IN ('open', 'done', 'not-needed')", name="ck_case_task_state"),
        sa.ForeignKeyConstraint(["case"], ["alarm_case.id"], name="fk_case_task_case"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_case_task_person"),
        sa.PrimaryKeyConstraint("id", name="pk_case_task"),
        sa.UniqueConstraint("case", "key", name="uq_case_task_case_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_case_task_case_position", "case_task", ["case", "position"], unique=False)


def _create_condition() -> None:
    op.create_table(
        "condition",
        sa.Column("id", _id, nullable=False),
        sa.Column("transmitter", sa.String(length=60), nullable=False),
        sa.Column("site", sa.BigInteger(), nullable=False),
        sa.Column("region", sa.String(length=40), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "kind", sa.String(length=16), nullable=False, comment="mains, line, path, battery, sensor-battery, ..."
        ),
        sa.Column("zone", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("began_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column(
            "due_ms", sa.BigInteger(), nullable=True, comment="when it becomes something for people, unless it ended"
        ),
        sa.Column(
            "quiet",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="began in service mode: calls nobody",
        ),
        sa.Column("case", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case"], ["alarm_case.id"], name="fk_condition_case"),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_condition_site"),
        sa.ForeignKeyConstraint(["transmitter"], ["transmitter.id"], name="fk_condition_transmitter"),
        sa.PrimaryKeyConstraint("id", name="pk_condition"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_condition_case", "condition", ["case"], unique=False)
    op.create_index(
        "ix_condition_due",
        "condition",
        ["due_ms"],
        unique=False,
        sqlite_where=sa.text("due_ms IS NOT NULL"),
        postgresql_where=sa.text("due_ms IS NOT NULL"),
    )
    op.create_index("ix_condition_kind_region_began_ms", "condition", ["kind", "region", "began_ms"], unique=False)
    op.create_index("ix_condition_site", "condition", ["site"], unique=False)
    op.create_index(
        "uq_condition_lasting",
        "condition",
        ["transmitter", "kind", "zone"],
        unique=True,
        sqlite_where=sa.text("ended_ms IS NULL"),
        postgresql_where=sa.text("ended_ms IS NULL"),
    )


def _create_foreign_event() -> None:
    op.create_table(
        "foreign_event",
        sa.Column("id", _id, nullable=False, comment="ascends in the order of the commits"),
        sa.Column("transmitter", sa.String(length=60), nullable=False),
        sa.Column(
            "fingerprint",
            sa.LargeBinary(length=16),
            nullable=False,
            comment="the same for a repetition, and only for that",
        ),
        sa.Column("telegram", sa.LargeBinary(), nullable=False, comment="as it came, without passwords"),
        sa.Column("code", sa.String(length=25), nullable=False, comment="as the transmitter wrote it"),
        sa.Column("qcode", sa.Integer(), nullable=False, comment="the Contact ID that comes nearest, as in event"),
        sa.Column("area", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("zone", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("user", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("text", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.Column("happened_ms", sa.BigInteger(), nullable=True, comment="by the transmitter's clock"),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["transmitter"], ["transmitter.id"], name="fk_foreign_event_transmitter"),
        sa.PrimaryKeyConstraint("id", name="pk_foreign_event"),
        sa.UniqueConstraint("transmitter", "fingerprint", name="uq_foreign_event_transmitter_fingerprint"),
        sqlite_autoincrement=True,
    )


def _create_service_mode() -> None:
    op.create_table(
        "service_mode",
        sa.Column("id", _id, nullable=False),
        sa.Column("site", sa.BigInteger(), nullable=False),
        sa.Column("transmitter", sa.String(length=60), nullable=True, comment="only this one of the site's"),
        sa.Column(
            "kinds",
            sa.String(length=40),
            nullable=False,
            comment="of burglary, hold-up, fire, technical; commas between",
        ),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True, comment="when it ended, early or by itself"),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("ordered_by", sa.BigInteger(), nullable=True, comment="none where the centre itself did"),
        sa.Column("registered_by", sa.String(length=64), nullable=False),
        sa.Column("registered_ms", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("state IN ('scheduled', 'active', 'ended', 'withdrawn')", name="ck_service_mode_state"),
        sa.CheckConstraint("from_ms < until_ms", name="ck_service_mode_ordered"),
        sa.ForeignKeyConstraint(["ordered_by"], ["person.id"], name="fk_service_mode_ordered_by"),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_service_mode_site"),
        sa.ForeignKeyConstraint(["transmitter"], ["transmitter.id"], name="fk_service_mode_transmitter"),
        sa.PrimaryKeyConstraint("id", name="pk_service_mode"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_service_mode_pending",
        "service_mode",
        ["until_ms"],
        unique=False,
        sqlite_where=sa.text("state IN ('scheduled', 'active')"),
        postgresql_where=sa.text("state IN ('scheduled', 'active')"),
    )
    op.create_index("ix_service_mode_site_from_ms", "service_mode", ["site", "from_ms"], unique=False)


def _create_signal() -> None:
    op.create_table(
        "signal",
        sa.Column("id", _id, nullable=False),
        sa.Column(
            "origin", sa.String(length=7), nullable=False, comment="panel: event; foreign: foreign_event; cloud: alert"
        ),
        sa.Column("origin_id", sa.BigInteger(), nullable=False, comment="the row it was made of"),
        sa.Column("transmitter", sa.String(length=60), nullable=False),
        sa.Column("site", sa.BigInteger(), nullable=False),
        sa.Column("qcode", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=10), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("area", sa.Integer(), nullable=False),
        sa.Column("zone", sa.Integer(), nullable=False),
        sa.Column("user", sa.Integer(), nullable=False),
        sa.Column(
            "text",
            sa.String(length=200),
            server_default=sa.text("''"),
            nullable=False,
            comment="what a foreign transmitter added",
        ),
        sa.Column("dated_ms", sa.BigInteger(), nullable=False, comment="when it happened, as known when it was read"),
        sa.Column("order_key", sa.String(length=40), nullable=False, comment="orders what one transmitter dated alike"),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("handling", sa.String(length=9), nullable=False),
        sa.Column("case", sa.BigInteger(), nullable=True),
        sa.Column("service", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("handling IN ('case', 'condition', 'service', 'record')", name="ck_signal_handling"),
        sa.CheckConstraint("origin IN ('panel', 'foreign', 'cloud')", name="ck_signal_origin"),
        sa.ForeignKeyConstraint(["case"], ["alarm_case.id"], name="fk_signal_case"),
        sa.ForeignKeyConstraint(["service"], ["service_mode.id"], name="fk_signal_service"),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_signal_site"),
        sa.PrimaryKeyConstraint("id", name="pk_signal"),
        sa.UniqueConstraint("origin", "origin_id", name="uq_signal_origin_origin_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_signal_case", "signal", ["case"], unique=False)
    op.create_index("ix_signal_site_dated_ms", "signal", ["site", "dated_ms"], unique=False)
    op.create_index("ix_signal_transmitter_dated_ms", "signal", ["transmitter", "dated_ms"], unique=False)
