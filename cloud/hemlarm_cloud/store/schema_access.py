"""The tables of people who sign in: passwords, sessions, one-time codes, and where each wants to be told of what.

Times are whole milliseconds since 1970. Tokens and codes are stored as hashes only.
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
from hemlarm_cloud.store.schema_sites import NO, NOTHING, ZERO

credential = Table(
    "credential",
    metadata,
    Column("account", BigInteger, ForeignKey("account.id"), primary_key=True),
    Column("login", String(120), nullable=False, unique=True, comment="a mail address in lower case, or staff's name"),
    Column("password", String(200), nullable=False, comment="argon2id, with its parameters"),
    Column("verified_ms", BigInteger, comment="when the mail address was proved"),
    Column("language", String(2), nullable=False, server_default=text("'sv'")),
    Column("changed_ms", BigInteger, nullable=False, comment="the password; sessions of before have ended"),
    Column("version", Integer, nullable=False, server_default=ZERO),
    CheckConstraint("language IN ('sv', 'en')", name="language"),
)

login_session = Table(
    "login_session",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    Column("account", BigInteger, ForeignKey("account.id"), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("seen_ms", BigInteger, nullable=False, comment="the last time, to within some minutes"),
    Column("expires_ms", BigInteger, comment="none for who stays logged in until logging out"),
    Column("ended_ms", BigInteger),
    Column("agent", String(120), nullable=False, server_default=NOTHING, comment="the browser, as its user knows it"),
    Index(None, "account"),
    sqlite_autoincrement=True,
)

one_time_code = Table(
    "one_time_code",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("purpose", String(8), nullable=False),
    Column("subject", String(160), nullable=False, comment="what it proves: a customer's phone, an account's mail"),
    Column("code_hash", LargeBinary(32), nullable=False),
    Column("account", BigInteger, ForeignKey("account.id")),
    Column("person", BigInteger, ForeignKey("person.id")),
    Column("created_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False, server_default=ZERO, comment="wrong ones"),
    Column("used_ms", BigInteger),
    CheckConstraint("purpose IN ('sign-up', 'finish', 'mail', 'reset', 'invite')", name="purpose"),
    Index(None, "purpose", "subject"),
    Index(None, "code_hash"),
    sqlite_autoincrement=True,
)

login_attempt = Table(
    "login_attempt",
    metadata,
    Column("key", String(180), primary_key=True, comment="what is tried at: a login, an address, a phone"),
    Column("failures", Integer, nullable=False, comment="in a row"),
    Column("last_ms", BigInteger, nullable=False),
    Column("locked_until_ms", BigInteger, nullable=False, server_default=ZERO),
)

push_subscription = Table(
    "push_subscription",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("account", BigInteger, ForeignKey("account.id"), nullable=False),
    Column("endpoint", String(1000), nullable=False, unique=True),
    Column("public_key", LargeBinary(65), nullable=False, comment="the browser's, P-256, uncompressed"),
    Column("secret", LargeBinary(16), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Index(None, "account"),
    sqlite_autoincrement=True,
)

notice_address = Table(
    "notice_address",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("account", BigInteger, ForeignKey("account.id"), nullable=False),
    Column("label", String(40), nullable=False),
    Column("address", LargeBinary, nullable=False, comment="an apprise URL, which may hold a secret: sealed"),
    Column("created_ms", BigInteger, nullable=False),
    Index(None, "account"),
    sqlite_autoincrement=True,
)

notice_choice = Table(
    "notice_choice",
    metadata,
    Column("account", BigInteger, ForeignKey("account.id"), primary_key=True),
    Column("site", BigInteger, ForeignKey("site.id"), primary_key=True),
    Column("kind", String(12), primary_key=True, comment="alarm, arming, power, fault, technical"),
    Column("channel", String(4), primary_key=True),
    CheckConstraint("channel IN ('sms', 'mail', 'push', 'apps')", name="channel"),
    Index(None, "site", "kind"),
)

home_assistant = Table(
    "home_assistant",
    metadata,
    Column("site", BigInteger, ForeignKey("site.id"), primary_key=True),
    Column("address", String(120), nullable=False, comment="HOST:PORT of the customer's MQTT broker"),
    Column("tls", Boolean, nullable=False, server_default=text("true")),
    Column("user", String(60), nullable=False, server_default=NOTHING),
    Column("secret", LargeBinary, comment="the password; sealed by the vault"),
    Column("prefix", String(40), nullable=False, server_default=text("'homeassistant'")),
    Column("commands", Boolean, nullable=False, server_default=NO, comment="whether it may ask for anything"),
    Column("account", BigInteger, ForeignKey("account.id"), nullable=False, comment="whose authority counts"),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("problem", String(200), nullable=False, server_default=NOTHING, comment="why it is not connected"),
    Column("version", Integer, nullable=False, server_default=ZERO),
)

push_key = Table(
    "push_key",
    metadata,
    Column("id", Integer, primary_key=True, comment="1: there is one"),
    Column("private_key", LargeBinary, nullable=False, comment="VAPID, P-256 as PKCS 8 DER; sealed by the vault"),
    Column("public_key", Text, nullable=False, comment="as browsers want it: base64url of the point"),
    CheckConstraint("id = 1", name="one"),
)
