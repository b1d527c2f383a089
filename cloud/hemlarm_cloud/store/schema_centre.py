"""The tables of what the receiving centre sends and takes: notices, reports, duty rosters, forwarding and foreign
transmitters.
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
from hemlarm_cloud.store.schema_sites import NOTHING, ZERO

WAITING = text("state = 'waiting'")

STANDING = text("ended_ms IS NULL")
"""Which orders belong into the index of those that reports are still sent for."""

notice = Table(
    "notice",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("key", String(80), nullable=False, unique=True, comment="what makes it the same notice"),
    Column("channel", String(4), nullable=False),
    Column("recipient", String(120), nullable=False, comment="a telephone number or a mail address"),
    Column("site", BigInteger, ForeignKey("site.id")),
    Column("case", BigInteger, ForeignKey("alarm_case.id")),
    Column("subject", String(120), nullable=False),
    Column("text", Text, nullable=False),
    Column("attachment", LargeBinary),
    Column("attachment_name", String(80), nullable=False, server_default=NOTHING),
    Column("created_ms", BigInteger, nullable=False),
    Column("state", String(7), nullable=False),
    Column("tries", Integer, nullable=False, server_default=ZERO),
    Column("due_ms", BigInteger, nullable=False),
    Column("sent_ms", BigInteger),
    Column("problem", String(200), nullable=False, server_default=NOTHING),
    CheckConstraint("channel IN ('sms', 'mail', 'push', 'apps')", name="channel"),
    CheckConstraint("state IN ('waiting', 'sent', 'failed')", name="state"),
    Index(None, "site", "id"),
    sqlite_autoincrement=True,
)
Index("ix_notice_due", notice.c.due_ms, sqlite_where=WAITING, postgresql_where=WAITING)

report_order = Table(
    "report_order",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("report", String(6), nullable=False, comment="ZR0047 and so on"),
    Column("customer", BigInteger, ForeignKey("customer.id")),
    Column("site", BigInteger, ForeignKey("site.id")),
    Column("list", BigInteger, ForeignKey("authority_list.id")),
    Column("service", BigInteger, ForeignKey("duty_service.id")),
    Column("recipient", String(120), nullable=False),
    Column("form", String(3), nullable=False),
    Column("language", String(2), nullable=False),
    Column("last_month", String(7), nullable=False, server_default=NOTHING, comment="2026-11: the last one sent"),
    Column("created_ms", BigInteger, nullable=False),
    Column("ended_ms", BigInteger),
    CheckConstraint("form IN ('csv', 'pdf')", name="form"),
    CheckConstraint("language IN ('sv', 'en')", name="language"),
    Index(None, "customer"),
    sqlite_autoincrement=True,
)

Index("ix_report_order_standing", report_order.c.last_month, sqlite_where=STANDING, postgresql_where=STANDING)

duty_service = Table(
    "duty_service",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("customer", BigInteger, ForeignKey("customer.id"), nullable=False),
    Column("name", String(80), nullable=False),
    Column("number", String(20), nullable=False, server_default=NOTHING, comment="that people call"),
    Column("time_zone", String(40), nullable=False, server_default=text("'Europe/Stockholm'")),
    Column("created_ms", BigInteger, nullable=False),
    Column("version", Integer, nullable=False, server_default=ZERO),
    Index(None, "customer"),
    sqlite_autoincrement=True,
)

duty = Table(
    "duty",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("service", BigInteger, ForeignKey("duty_service.id"), nullable=False),
    Column("person", BigInteger, ForeignKey("person.id"), nullable=False),
    Column("from_ms", BigInteger, nullable=False),
    Column("until_ms", BigInteger, nullable=False),
    Column("position", Integer, nullable=False, server_default=text("1"), comment="who is called first"),
    CheckConstraint("from_ms < until_ms", name="ordered"),
    Index(None, "service", "from_ms"),
    sqlite_autoincrement=True,
)

duty_call = Table(
    "duty_call",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("service", BigInteger, ForeignKey("duty_service.id"), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("answered_ms", BigInteger),
    Column("ended_ms", BigInteger),
    Column("caller", String(40), nullable=False, server_default=NOTHING),
    Column("person", BigInteger, ForeignKey("person.id"), comment="on duty, whom it was passed to"),
    Column("taken_by", String(64), nullable=False),
    Column("note", String(500), nullable=False, server_default=NOTHING),
    Index(None, "service", "at_ms"),
    sqlite_autoincrement=True,
)

destination = Table(
    "destination",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("name", String(40), nullable=False, unique=True),
    Column("protocol", String(10), nullable=False),
    Column("primary_address", String(120), nullable=False, comment="HOST:PORT"),
    Column("secondary_address", String(120), nullable=False, server_default=NOTHING),
    Column("settings", Text, nullable=False, comment="JSON: form, account, receiver, certificate, ..."),
    Column("secret", LargeBinary, comment="password or key; sealed by the vault"),
    Column("next_secret", LargeBinary, comment="a new password until a telegram with it was accepted"),
    Column("level_s", Integer, nullable=False, server_default=text("90000")),
    Column("sequence", Integer, nullable=False, server_default=ZERO, comment="the last one used"),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("heard_ms", BigInteger, comment="its last good answer"),
    Column("version", Integer, nullable=False, server_default=ZERO),
    CheckConstraint("protocol IN ('sos-access', 'dc-09')", name="protocol"),
    sqlite_autoincrement=True,
)

route = Table(
    "route",
    metadata,
    Column("site", BigInteger, ForeignKey("site.id"), primary_key=True),
    Column("destination", BigInteger, ForeignKey("destination.id"), primary_key=True),
    Column("account", String(20), nullable=False, comment="the site's at that receiver"),
    Column(
        "lowest_urgency", Integer, nullable=False, server_default=text("4"), comment="restores go with their alarms"
    ),
    Index(None, "destination"),
)

forwarded = Table(
    "forwarded",
    metadata,
    Column("id", SerialId, primary_key=True, comment="the order of one site's signals"),
    Column("destination", BigInteger, ForeignKey("destination.id"), nullable=False),
    Column("site", BigInteger, ForeignKey("site.id"), nullable=False),
    Column("signal", BigInteger, ForeignKey("signal.id"), nullable=False),
    Column("state", String(7), nullable=False),
    Column("sequence", Integer, comment="that it was sent with, kept over repetitions"),
    Column("tries", Integer, nullable=False, server_default=ZERO),
    Column("due_ms", BigInteger, nullable=False),
    Column("done_ms", BigInteger),
    Column("receiver", String(9), nullable=False, server_default=NOTHING, comment="primary or secondary"),
    Column("problem", String(200), nullable=False, server_default=NOTHING),
    CheckConstraint("state IN ('waiting', 'sent', 'refused')", name="state"),
    UniqueConstraint("destination", "signal"),
    Index(None, "signal"),
    sqlite_autoincrement=True,
)
Index("ix_forwarded_waiting", forwarded.c.destination, forwarded.c.id, sqlite_where=WAITING, postgresql_where=WAITING)

foreign_account = Table(
    "foreign_account",
    metadata,
    Column("transmitter", String(60), ForeignKey("transmitter.id"), primary_key=True),
    Column("settings", Text, nullable=False, comment="JSON: what the protocol needs to know"),
    Column("secret", LargeBinary, comment="password or key; sealed by the vault"),
    Column("next_secret", LargeBinary, comment="a password given out and not used yet"),
    Column("level_s", Integer, comment="the longest silence; without a number it is not supervised"),
    Column("heard_ms", BigInteger),
    Column("silent_ms", BigInteger, comment="when its silence became a fault; none while it is heard"),
    Column("sequence", Integer, nullable=False, server_default=ZERO, comment="the last one taken"),
    Column("sequence_ms", BigInteger, nullable=False, server_default=ZERO, comment="its time"),
)
