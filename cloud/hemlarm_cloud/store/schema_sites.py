"""The tables of whom the receiving centre serves: customers, sites, people, authority, keys, accounts, the audit log.

Times are whole milliseconds since 1970. Triggers of the database keep what is in `APPENDED` from ever being changed.
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
    text,
)

from hemlarm_cloud.store.schema import SerialId, metadata

APPENDED = ("audit", "case_log", "key_movement")
"""Tables whose rows are only ever added."""

NO, ZERO, NOTHING = text("false"), text("0"), text("''")
"""Defaults of columns."""

customer = Table(
    "customer",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("number", String(20), nullable=False, unique=True),
    Column("name", String(80), nullable=False),
    Column("organisation_number", String(20), nullable=False, server_default=NOTHING),
    Column("language", String(2), nullable=False, server_default=text("'sv'")),
    Column("created_ms", BigInteger, nullable=False),
    Column("version", Integer, nullable=False, server_default=ZERO),
    CheckConstraint("language IN ('sv', 'en')", name="language"),
    sqlite_autoincrement=True,
)

contract = Table(
    "contract",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("customer", BigInteger, ForeignKey("customer.id"), nullable=False),
    Column("number", String(20), nullable=False, unique=True),
    Column("begins_ms", BigInteger, nullable=False),
    Column("ends_ms", BigInteger, nullable=False, comment="extended by a year unless given notice of 3 months before"),
    Column("terminated_ms", BigInteger, comment="when notice was given"),
    Column("events_included", Integer, comment="per period; without a number all are"),
    Column("period", String(7), nullable=False, server_default=text("'month'")),
    Column("heartbeats", Boolean, nullable=False, server_default=text("true")),
    Column("version", Integer, nullable=False, server_default=ZERO),
    CheckConstraint("period IN ('month', 'quarter', 'year')", name="period"),
    Index(None, "customer"),
    sqlite_autoincrement=True,
)

site = Table(
    "site",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("number", String(40), nullable=False, unique=True),
    Column("customer", BigInteger, ForeignKey("customer.id"), comment="none until the site is registered"),
    Column("contract", BigInteger, ForeignKey("contract.id")),
    Column("name", String(80), nullable=False),
    Column("address", String(120), nullable=False, server_default=NOTHING),
    Column("town", String(60), nullable=False, server_default=NOTHING),
    Column("region", String(40), nullable=False, server_default=NOTHING, comment="what a power cut strikes as one"),
    Column("time_zone", String(40), nullable=False, server_default=text("'Europe/Stockholm'")),
    Column("language", String(2), nullable=False, server_default=text("'sv'")),
    Column("password", LargeBinary, comment="what the person says; sealed by the vault"),
    Column("counter_password", LargeBinary, comment="what the centre says; sealed by the vault"),
    Column("key_service", Boolean, nullable=False, server_default=NO, comment="a guard has the key"),
    Column("guard", String(80), nullable=False, server_default=NOTHING, comment="the guards and how to reach them"),
    Column("tested_ms", BigInteger, comment="the last yearly test that went well"),
    Column("created_ms", BigInteger, nullable=False),
    Column("ended_ms", BigInteger),
    Column("version", Integer, nullable=False, server_default=ZERO, comment="counts its changes"),
    Index(None, "customer"),
    Index(None, "contract"),
    Index(None, "region"),
    CheckConstraint("language IN ('sv', 'en')", name="language"),
    sqlite_autoincrement=True,
)

transmitter = Table(
    "transmitter",
    metadata,
    Column("id", String(60), primary_key=True, comment="a panel's id, or sos:CODE, or dc09:ACCOUNT"),
    Column("kind", String(10), nullable=False),
    Column("site", BigInteger, ForeignKey("site.id"), nullable=False),
    Column("name", String(60), nullable=False, server_default=NOTHING),
    Column("added_ms", BigInteger, nullable=False),
    Column("ended_ms", BigInteger),
    CheckConstraint("kind IN ('hemlarm', 'sos-access', 'dc-09')", name="kind"),
    Index(None, "site"),
)

zone_name = Table(
    "zone_name",
    metadata,
    Column("transmitter", String(60), ForeignKey("transmitter.id"), primary_key=True),
    Column("zone", Integer, primary_key=True),
    Column("name", String(60), nullable=False),
)

person = Table(
    "person",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("name", String(80), nullable=False),
    Column("phone", String(20), nullable=False, server_default=NOTHING),
    Column("other_phone", String(20), nullable=False, server_default=NOTHING),
    Column("email", String(120), nullable=False, server_default=NOTHING),
    Column("language", String(2), nullable=False, server_default=text("'sv'")),
    Column("customer", BigInteger, ForeignKey("customer.id"), comment="whose records hold this person"),
    Column("installer", BigInteger, ForeignKey("authority_list.id"), comment="or which company's"),
    Column("created_ms", BigInteger, nullable=False),
    Column("version", Integer, nullable=False, server_default=ZERO),
    CheckConstraint("language IN ('sv', 'en')", name="language"),
    Index(None, "customer"),
    Index(None, "installer"),
    sqlite_autoincrement=True,
)

panel_user = Table(
    "panel_user",
    metadata,
    Column("transmitter", String(60), ForeignKey("transmitter.id"), primary_key=True),
    Column("user", Integer, primary_key=True),
    Column("person", BigInteger, ForeignKey("person.id"), nullable=False),
)

authority_list = Table(
    "authority_list",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("kind", String(9), nullable=False),
    Column("name", String(80), nullable=False),
    Column("customer", BigInteger, ForeignKey("customer.id"), comment="of a customer's list"),
    Column("fire_certificate_until_ms", BigInteger, comment="of an installer company"),
    Column("created_ms", BigInteger, nullable=False),
    Column("version", Integer, nullable=False, server_default=ZERO),
    CheckConstraint("kind IN ('customer', 'installer')", name="kind"),
    Index(None, "customer"),
    sqlite_autoincrement=True,
)

authority_list_site = Table(
    "authority_list_site",
    metadata,
    Column("list", BigInteger, ForeignKey("authority_list.id"), primary_key=True),
    Column("site", BigInteger, ForeignKey("site.id"), primary_key=True),
    Index(None, "site"),
)

authority = Table(
    "authority",
    metadata,
    Column("list", BigInteger, ForeignKey("authority_list.id"), primary_key=True),
    Column("person", BigInteger, ForeignKey("person.id"), primary_key=True),
    Column("level", String(1), nullable=False, comment="A, B or C; I for an installer"),
    Column("police_approval_until_ms", BigInteger, comment="of an installer"),
    Column("until_ms", BigInteger),
    CheckConstraint("level IN ('A', 'B', 'C', 'I')", name="level"),
    Index(None, "person"),
)

contact = Table(
    "contact",
    metadata,
    Column("site", BigInteger, ForeignKey("site.id"), primary_key=True),
    Column("position", Integer, primary_key=True, comment="from 1, the order of calls"),
    Column("person", BigInteger, ForeignKey("person.id"), nullable=False),
    Column("has_key", Boolean, nullable=False, server_default=NO),
    Column("fire_neighbour", Boolean, nullable=False, server_default=NO),
    Column("note", String(200), nullable=False, server_default=NOTHING),
    Index(None, "person"),
)

plan_step = Table(
    "plan_step",
    metadata,
    Column("site", BigInteger, ForeignKey("site.id"), primary_key=True),
    Column("category", String(10), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("person", BigInteger, ForeignKey("person.id")),
    Column("only_if", String(20), nullable=False, server_default=NOTHING),
    Column("text", String(200), nullable=False, server_default=NOTHING),
)

site_key = Table(
    "site_key",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("site", BigInteger, ForeignKey("site.id"), nullable=False),
    Column("label", String(40), nullable=False),
    Column("state", String(9), nullable=False),
    Column("holder", String(80), nullable=False, server_default=NOTHING),
    Column("version", Integer, nullable=False, server_default=ZERO),
    CheckConstraint("state IN ('held', 'out', 'returned', 'destroyed')", name="state"),
    Index(None, "site"),
    sqlite_autoincrement=True,
)

key_movement = Table(
    "key_movement",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("key", BigInteger, ForeignKey("site_key.id"), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("holder", String(80), nullable=False),
    Column("by", String(64), nullable=False),
    Column("note", String(200), nullable=False, server_default=NOTHING),
    CheckConstraint("kind IN ('received', 'handed-out', 'back', 'returned', 'destroyed')", name="kind"),
    Index(None, "key"),
    sqlite_autoincrement=True,
)

account = Table(
    "account",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("role", String(10), nullable=False),
    Column("person", BigInteger, ForeignKey("person.id")),
    Column("customer", BigInteger, ForeignKey("customer.id"), comment="of a customer's account"),
    Column("installer", BigInteger, ForeignKey("authority_list.id"), comment="of an installer's account: the company"),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True, comment="SHA-256 of the bearer token"),
    Column("created_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger),
    Column("revoked_ms", BigInteger),
    CheckConstraint("role IN ('supervisor', 'operator', 'customer', 'installer', 'monitor')", name="role"),
    sqlite_autoincrement=True,
)

audit = Table(
    "audit",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("on_behalf_of", BigInteger, comment="the person whose authority counted"),
    Column("action", String(40), nullable=False),
    Column("site", BigInteger),
    Column("customer", BigInteger),
    Column("subject", String(80), nullable=False),
    Column("detail", Text, nullable=False, comment="JSON, without secrets"),
    Column("chain", LargeBinary(32), nullable=False, comment="SHA-256 over the row before and this one"),
    Index(None, "site", "id"),
    Index(None, "customer", "id"),
    sqlite_autoincrement=True,
)
