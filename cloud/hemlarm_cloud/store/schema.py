"""The store's tables.

Times are whole milliseconds since 1970; a panel is the 16 hexadecimal digits of its id, as in topics and
certificates. What stands here is what the migrations in `migrations/versions/` end in, which a test compares.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

SerialId = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only in a column declared INTEGER, which holds 64 bits there."""

ESTIMATED = text("dating = 'between' AND qcode <> 0")
"""Which events belong into the index of those whose date is an estimate; a void record has none worth one."""

UNTOLD = text("NOT levels_told")
"""Which panels belong into the index of those whose levels are news."""

URGENT = text("qcode >= 1100 AND qcode < 1200")
"""Which events case work looks at first, whatever else waits: alarms, and a few faults among their codes."""

RESET = text("qcode = 1313")
"""Which events tell of a panel's reset, its last word: a few in a lifetime of the table."""

OPEN = text("ended_ms IS NULL")
"""Which line faults belong into the index of those that last."""

panel = Table(
    "panel",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("shard", String(2), nullable=False),
    Column("root_key", LargeBinary, nullable=False, comment="wrapped by the vault"),
    Column("certificate_serial", String(40), nullable=False, comment="hexadecimal, at most 20 bytes"),
    Column("provisioned_ms", BigInteger, nullable=False),
    Column("revoked_ms", BigInteger),
    Index(None, "shard"),
    # The defaults are what panels of before these columns were given.
    Column(
        "link_level_s", Integer, nullable=False, server_default=text("180"), comment="the longest silence of all paths"
    ),
    Column(
        "standby_level_s", Integer, nullable=False, server_default=text("90000"), comment="the longest silence of one"
    ),
    Column("sms_number", String(16), comment="where to acknowledge what came by SMS"),
    Column(
        "levels_told", Boolean, nullable=False, server_default=text("true"), comment="by the process that serves it"
    ),
    Column("board", String(16), comment="as in the heads of firmware images"),
    Column("firmware", Integer, comment="what its last session was opened by"),
    Column("hello_ms", BigInteger, comment="when that was"),
    Column("firmware_floor", Integer, comment="the oldest that it still runs, as it told"),
)
Index("ix_panel_untold", panel.c.id, sqlite_where=UNTOLD, postgresql_where=UNTOLD)

incarnation = Table(
    "incarnation",
    metadata,
    Column("panel", String(16), ForeignKey("panel.id"), primary_key=True),
    Column("kid", LargeBinary(4), primary_key=True),
    Column("salt", LargeBinary(16), nullable=False),
    Column("first_seen_ms", BigInteger, nullable=False),
    Column("complete_below", BigInteger, nullable=False, comment="every lower number is stored or void"),
    Index(None, "kid"),
)

event = Table(
    "event",
    metadata,
    Column("id", SerialId, primary_key=True, comment="ascends in the order of the commits"),
    Column("panel", String(16), nullable=False),
    Column("kid", LargeBinary(4), nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("tag", LargeBinary(8), nullable=False, comment="the part of the seal's tag that acknowledgements name"),
    Column("sealed", LargeBinary, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
    Column("committed_ms", BigInteger, nullable=False),
    Column("qcode", Integer, nullable=False, comment="qualifier and Contact ID code; 0 declares a void range"),
    Column("area", Integer, nullable=False),
    Column("zone", Integer, nullable=False),
    Column("user", Integer, nullable=False),
    Column("source", Integer, nullable=False),
    Column("detail", Integer, nullable=False),
    Column("boot", BigInteger, nullable=False),
    Column("uptime_ms", BigInteger, nullable=False),
    Column("panel_time_ms", BigInteger, comment="by the panel's clock, once it has been set"),
    ForeignKeyConstraint(["panel", "kid"], ["incarnation.panel", "incarnation.kid"]),
    UniqueConstraint("panel", "kid", "number", "tag"),
    Index(None, "panel", "id"),
    # The defaults are those that rows of before these columns were given for a moment.
    Column("dated_ms", BigInteger, nullable=False, server_default=text("0"), comment="when it happened, best known"),
    Column("dating", String(8), nullable=False, server_default=text("'between'"), comment="who says so"),
    sqlite_autoincrement=True,
)
# What is only estimated is rare, and looked for whenever more is known.
Index(
    "ix_event_estimated",
    event.c.panel,
    event.c.kid,
    event.c.number,
    sqlite_where=ESTIMATED,
    postgresql_where=ESTIMATED,
)

Index("ix_event_urgent", event.c.id, sqlite_where=URGENT, postgresql_where=URGENT)

Index("ix_event_reset", event.c.panel, sqlite_where=RESET, postgresql_where=RESET)

boot_time = Table(
    "boot_time",
    metadata,
    Column("panel", String(16), primary_key=True),
    Column("kid", LargeBinary(4), primary_key=True),
    Column("boot", BigInteger, primary_key=True),
    Column("epoch_ms", BigInteger, nullable=False, comment="when the panel's uptime was 0"),
    Column("uptime_ms", BigInteger, nullable=False, comment="the panel's, when it told"),
    ForeignKeyConstraint(["panel", "kid"], ["incarnation.panel", "incarnation.kid"]),
)

void_range = Table(
    "void_range",
    metadata,
    Column("panel", String(16), primary_key=True),
    Column("kid", LargeBinary(4), primary_key=True),
    Column("number", BigInteger, primary_key=True, comment="of the record that declares the range"),
    Column("tag", LargeBinary(8), primary_key=True, comment="of the record that declares the range"),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("cause", Integer, nullable=False),
    ForeignKeyConstraint(["panel", "kid", "number", "tag"], ["event.panel", "event.kid", "event.number", "event.tag"]),
    CheckConstraint("first <= last", name="ordered"),
    Index(None, "panel", "kid", "last"),
)

alert = Table(
    "alert",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("panel", String(16), ForeignKey("panel.id"), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("detail", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)

command = Table(
    "command",
    metadata,
    Column("id", LargeBinary(8), primary_key=True),
    Column("panel", String(16), ForeignKey("panel.id"), nullable=False),
    Column("requested_by", String(64), nullable=False),
    Column("verb", Integer, nullable=False),
    Column("argument", Integer, nullable=False),
    Column("user", Integer, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("sent_ms", BigInteger),
    Column("state", String(8), nullable=False),
    Column("status", Integer),
    Column("detail", Integer),
    Column("answered_ms", BigInteger),
    CheckConstraint("state IN ('queued', 'sent', 'done', 'failed', 'expired')", name="state"),
    Index(None, "state", "panel"),
    Index(None, "panel", "created_ms"),
    Column("code", LargeBinary, comment="what the panel checks; sealed by the vault, and gone with the answer"),
)

configuration = Table(
    "configuration",
    metadata,
    Column("panel", String(16), ForeignKey("panel.id"), primary_key=True),
    Column("revision", BigInteger),
    Column("document", LargeBinary, comment="CBOR as the panel told it, without secrets"),
    Column("read_ms", BigInteger),
    Column("complete", Boolean, nullable=False, comment="no newer one is known to be at the panel"),
)

configuration_change = Table(
    "configuration_change",
    metadata,
    Column("id", LargeBinary(8), primary_key=True),
    Column("panel", String(16), ForeignKey("panel.id"), nullable=False),
    Column("requested_by", String(64), nullable=False),
    Column("user", Integer, nullable=False),
    Column("base", BigInteger, nullable=False, comment="the revision it is based on"),
    Column("edits", LargeBinary, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("sent_ms", BigInteger),
    Column("state", String(8), nullable=False),
    Column("status", Integer),
    Column("detail", Integer),
    Column("answered_ms", BigInteger),
    Column("reason", Text, comment="why the panel refused it, in the panel's words"),
    CheckConstraint("state IN ('queued', 'sent', 'done', 'failed', 'expired')", name="state"),
    Index(None, "state", "panel"),
)

presumed_alarm = Table(
    "presumed_alarm",
    metadata,
    Column("panel", String(16), ForeignKey("panel.id"), primary_key=True),
    Column("kid", LargeBinary(4), primary_key=True),
    Column("number", BigInteger, primary_key=True, comment="of the event that started the entry delay"),
    Column("area", Integer, nullable=False),
    Column("zone", Integer, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
    Column("due_ms", BigInteger, nullable=False, comment="raised then, unless settled"),
    Column("state", String(8), nullable=False),
    Column("raised_ms", BigInteger),
    Column("settled_ms", BigInteger, comment="when what settles it was stored; of a raised one, too late"),
    CheckConstraint("state IN ('waiting', 'settled', 'raised')", name="state"),
    Index(None, "state", "due_ms"),
)

panel_health = Table(
    "panel_health",
    metadata,
    Column("panel", String(16), ForeignKey("panel.id"), primary_key=True),
    Column("received_ms", BigInteger, nullable=False),
    Column("boot", BigInteger, nullable=False),
    Column("cause", Integer, nullable=False, comment="of the last start"),
    Column("task", Integer, nullable=False, comment="that hung before it"),
    Column("heap_free", BigInteger, nullable=False),
    Column("journal_pending", Integer, nullable=False),
    Column("journal_capacity", Integer, nullable=False),
    Column("flash_faults", Integer, nullable=False),
    Column("sectors_retired", Integer, nullable=False),
    Column("erases_max", BigInteger, nullable=False),
    Column("unsaved", Integer, nullable=False),
    Column("mains", Integer, nullable=False),
    Column("battery_mv", Integer, nullable=False),
    Column("battery_percent", Integer, nullable=False),
    Column("hours_left", Integer, nullable=False),
    Column("power_flags", Integer, nullable=False),
)

path_heard = Table(
    "path_heard",
    metadata,
    Column("panel", String(16), ForeignKey("panel.id"), primary_key=True),
    Column("path", Integer, primary_key=True),
    Column("heard_ms", BigInteger, nullable=False, comment="the last time, to within some minutes"),
)

path_report = Table(
    "path_report",
    metadata,
    Column("panel", String(16), ForeignKey("panel.id"), primary_key=True),
    Column("path", Integer, primary_key=True),
    Column("received_ms", BigInteger, nullable=False),
    Column("up", Integer, nullable=False),
    Column("registration", Integer, nullable=False),
    Column("technology", Integer, nullable=False),
    Column("signal", Integer, nullable=False, comment="-dBm, 255 where not known"),
    Column("air_s", BigInteger, nullable=False, comment="this and the next three: in this day of uptime"),
    Column("bytes_up", BigInteger, nullable=False),
    Column("bytes_down", BigInteger, nullable=False),
    Column("sms", Integer, nullable=False),
    Column("day_air_s", BigInteger, nullable=False, comment="in the last whole day of uptime"),
    Column("day_bytes_up", BigInteger, nullable=False),
    Column("day_bytes_down", BigInteger, nullable=False),
)

line_fault = Table(
    "line_fault",
    metadata,
    Column("panel", String(16), ForeignKey("panel.id"), primary_key=True),
    Column("kind", String(10), primary_key=True),
    Column("path", Integer, primary_key=True, comment="0 means all of them"),
    Column("began_ms", BigInteger, primary_key=True),
    Column("heard_ms", BigInteger, nullable=False, comment="the last time before"),
    Column("ended_ms", BigInteger),
    CheckConstraint("kind IN ('line-fault', 'path-fault')", name="kind"),
)
# One that lasts is there once.
Index(
    "uq_line_fault_open",
    line_fault.c.panel,
    line_fault.c.kind,
    line_fault.c.path,
    unique=True,
    sqlite_where=OPEN,
    postgresql_where=OPEN,
)
