"""The tables of the receiving centre's work: signals, cases with their tasks and log, lasting conditions, service mode.

A signal is what case work made of one committed event: each event has exactly one, whatever becomes of it.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from hemlarm_cloud.store.schema import SerialId, metadata
from hemlarm_cloud.store.schema_sites import NO, NOTHING, ZERO

QUEUED = text("closed_ms IS NULL AND incident IS NULL")
"""Which cases belong into the index of the operators' queue."""

WAKING = text("wake_ms IS NOT NULL")
LASTING = text("ended_ms IS NULL")
PENDING = text("state IN ('scheduled', 'active')")

foreign_event = Table(
    "foreign_event",
    metadata,
    Column("id", SerialId, primary_key=True, comment="ascends in the order of the commits"),
    Column("transmitter", String(60), ForeignKey("transmitter.id"), nullable=False),
    Column("fingerprint", LargeBinary(16), nullable=False, comment="the same for a repetition, and only for that"),
    Column("telegram", LargeBinary, nullable=False, comment="as it came, without passwords"),
    Column("code", String(25), nullable=False, comment="as the transmitter wrote it"),
    Column("qcode", Integer, nullable=False, comment="the Contact ID that comes nearest, as in event"),
    Column("area", Integer, nullable=False, server_default=ZERO),
    Column("zone", Integer, nullable=False, server_default=ZERO),
    Column("user", Integer, nullable=False, server_default=ZERO),
    Column("text", String(200), nullable=False, server_default=NOTHING),
    Column("happened_ms", BigInteger, comment="by the transmitter's clock"),
    Column("received_ms", BigInteger, nullable=False),
    UniqueConstraint("transmitter", "fingerprint"),
    sqlite_autoincrement=True,
)

lane = Table(
    "lane",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("position", BigInteger, nullable=False, comment="the last row that became a signal"),
)

service_mode = Table(
    "service_mode",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("site", BigInteger, ForeignKey("site.id"), nullable=False),
    Column("transmitter", String(60), ForeignKey("transmitter.id"), comment="only this one of the site's"),
    Column("kinds", String(40), nullable=False, comment="of burglary, hold-up, fire, technical; commas between"),
    Column("from_ms", BigInteger, nullable=False),
    Column("until_ms", BigInteger, nullable=False),
    Column("ended_ms", BigInteger, comment="when it ended, early or by itself"),
    Column("state", String(9), nullable=False),
    Column("ordered_by", BigInteger, ForeignKey("person.id"), comment="none where the centre itself did"),
    Column("registered_by", String(64), nullable=False),
    Column("registered_ms", BigInteger, nullable=False),
    Column("reason", String(200), nullable=False, server_default=NOTHING),
    Column("version", Integer, nullable=False, server_default=ZERO),
    CheckConstraint("state IN ('scheduled', 'active', 'ended', 'withdrawn')", name="state"),
    CheckConstraint("from_ms < until_ms", name="ordered"),
    Index(None, "site", "from_ms"),
    sqlite_autoincrement=True,
)
Index("ix_service_mode_pending", service_mode.c.until_ms, sqlite_where=PENDING, postgresql_where=PENDING)

alarm_case = Table(
    "alarm_case",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("site", BigInteger, ForeignKey("site.id"), comment="none of a regional incident's own case"),
    Column("kind", String(8), nullable=False, comment="alarm, fault, incident or service"),
    Column("key", String(80), unique=True, comment="of a service case: what makes it the same one"),
    Column("category", String(10), nullable=False, comment="that of the most urgent signal"),
    Column("urgency", Integer, nullable=False, comment="0 comes first; see cases/categories.py"),
    Column("state", String(11), nullable=False),
    Column("began_ms", BigInteger, nullable=False, comment="when the first signal happened"),
    Column("latest_ms", BigInteger, nullable=False, comment="when the last signal happened"),
    Column("opened_ms", BigInteger, nullable=False, comment="when the centre could first see it"),
    Column("answered_ms", BigInteger, comment="when an operator first took it"),
    Column("closed_ms", BigInteger),
    Column("operator", String(64), comment="who has it now"),
    Column("outcome", String(20)),
    Column("summary", String(200), nullable=False, server_default=NOTHING),
    Column("test", Boolean, nullable=False, server_default=NO, comment="a yearly test is under way"),
    Column("cancelled_ms", BigInteger, comment="when a user cancelled it by code"),
    Column("region", String(40), nullable=False, server_default=NOTHING, comment="of an incident"),
    Column("sites", Integer, nullable=False, server_default=text("1"), comment="how many an incident struck"),
    Column("incident", BigInteger, ForeignKey("alarm_case.id"), comment="the regional incident it is part of"),
    Column("follows", BigInteger, ForeignKey("alarm_case.id"), comment="the closed case that it continues"),
    Column("wake_ms", BigInteger, comment="when time alone brings something"),
    Column("escalation", Integer, nullable=False, server_default=ZERO),
    Column("version", Integer, nullable=False, server_default=ZERO, comment="counts its changes"),
    CheckConstraint("kind IN ('alarm', 'fault', 'incident', 'service')", name="kind"),
    CheckConstraint("state IN ('new', 'claimed', 'in-progress', 'waiting', 'closed')", name="state"),
    CheckConstraint("(state = 'closed') = (closed_ms IS NOT NULL)", name="closed"),
    Index(None, "site", "opened_ms"),
    Index(None, "opened_ms"),
    sqlite_autoincrement=True,
)
Index(
    "ix_alarm_case_queue",
    alarm_case.c.urgency,
    alarm_case.c.opened_ms,
    sqlite_where=QUEUED,
    postgresql_where=QUEUED,
)
Index("ix_alarm_case_wake", alarm_case.c.wake_ms, sqlite_where=WAKING, postgresql_where=WAKING)

signal = Table(
    "signal",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("origin", String(7), nullable=False, comment="panel: event; foreign: foreign_event; cloud: alert"),
    Column("origin_id", BigInteger, nullable=False, comment="the row it was made of"),
    Column("transmitter", String(60), nullable=False),
    Column("site", BigInteger, ForeignKey("site.id"), nullable=False),
    Column("qcode", Integer, nullable=False),
    Column("category", String(10), nullable=False),
    Column("urgency", Integer, nullable=False),
    Column("area", Integer, nullable=False),
    Column("zone", Integer, nullable=False),
    Column("user", Integer, nullable=False),
    Column("text", String(200), nullable=False, server_default=NOTHING, comment="what a foreign transmitter added"),
    Column("dated_ms", BigInteger, nullable=False, comment="when it happened, as known when it was read"),
    Column("order_key", String(40), nullable=False, comment="orders what one transmitter dated alike"),
    Column("received_ms", BigInteger, nullable=False),
    Column("handling", String(9), nullable=False),
    Column("case", BigInteger, ForeignKey("alarm_case.id")),
    Column("service", BigInteger, ForeignKey("service_mode.id")),
    CheckConstraint("origin IN ('panel', 'foreign', 'cloud')", name="origin"),
    CheckConstraint("handling IN ('case', 'condition', 'service', 'record')", name="handling"),
    UniqueConstraint("origin", "origin_id"),
    Index(None, "site", "dated_ms"),
    Index(None, "transmitter", "dated_ms"),
    Index(None, "case"),
    sqlite_autoincrement=True,
)

condition = Table(
    "condition",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("transmitter", String(60), ForeignKey("transmitter.id"), nullable=False),
    Column("site", BigInteger, ForeignKey("site.id"), nullable=False),
    Column("region", String(40), nullable=False, server_default=NOTHING),
    Column("kind", String(16), nullable=False, comment="mains, line, path, battery, sensor-battery, ..."),
    Column("zone", Integer, nullable=False, server_default=ZERO),
    Column("began_ms", BigInteger, nullable=False),
    Column("ended_ms", BigInteger),
    Column("due_ms", BigInteger, comment="when it becomes something for people, unless it ended"),
    Column("quiet", Boolean, nullable=False, server_default=NO, comment="began in service mode: calls nobody"),
    Column("case", BigInteger, ForeignKey("alarm_case.id")),
    Index(None, "kind", "region", "began_ms"),
    Index(None, "site"),
    Index(None, "case"),
    sqlite_autoincrement=True,
)
Index(
    "uq_condition_lasting",
    condition.c.transmitter,
    condition.c.kind,
    condition.c.zone,
    unique=True,
    sqlite_where=LASTING,
    postgresql_where=LASTING,
)
Index(
    "ix_condition_due",
    condition.c.due_ms,
    sqlite_where=text("due_ms IS NOT NULL"),
    postgresql_where=text("due_ms IS NOT NULL"),
)

case_task = Table(
    "case_task",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("case", BigInteger, ForeignKey("alarm_case.id"), nullable=False),
    Column("key", String(40), nullable=False, comment="what makes it the same task"),
    Column("position", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("person", BigInteger, ForeignKey("person.id")),
    Column("text", String(200), nullable=False, server_default=NOTHING),
    Column("only_if", String(20), nullable=False, server_default=NOTHING),
    Column("state", String(10), nullable=False),
    Column("result", String(20)),
    Column("note", String(500), nullable=False, server_default=NOTHING),
    Column("due_ms", BigInteger),
    Column("done_ms", BigInteger),
    Column("done_by", String(64)),
    Column("version", Integer, nullable=False, server_default=ZERO),
    CheckConstraint("state IN ('open', 'done', 'not-needed')", name="state"),
    UniqueConstraint("case", "key"),
    Index(None, "case", "position"),
    sqlite_autoincrement=True,
)

case_log = Table(
    "case_log",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("case", BigInteger, ForeignKey("alarm_case.id"), nullable=False),
    Column("site", BigInteger, ForeignKey("site.id")),
    Column("at_ms", BigInteger, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("detail", Text, nullable=False, comment="JSON"),
    Index(None, "case", "id"),
    sqlite_autoincrement=True,
)
