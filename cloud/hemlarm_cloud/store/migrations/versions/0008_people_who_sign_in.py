"""People who sign in, and where they want to be told of what."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_CHANNELS = "channel IN ('sms', 'mail', 'push', 'apps')"
_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables."""
    _create_credential()
    _create_login_session()
    _create_one_time_code()
    _create_login_attempt()
    _create_push_subscription()
    _create_notice_address()
    _create_notice_choice()
    _create_home_assistant()
    _create_push_key()
    _widen_notice()
    _begin_telling()


def _create_credential() -> None:
    op.create_table(
        "credential",
        sa.Column("account", sa.BigInteger(), nullable=False),
        sa.Column(
            "login", sa.String(length=120), nullable=False, comment="a mail address in lower case, or staff's name"
        ),
        sa.Column("password", sa.String(length=200), nullable=False, comment="argon2id, with its parameters"),
        sa.Column("verified_ms", sa.BigInteger(), nullable=True, comment="when the mail address was proved"),
        sa.Column("language", sa.String(length=2), server_default=sa.text("'sv'"), nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False, comment="the password; sessions of before have ended"),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("language IN ('sv', 'en')", name="ck_credential_language"),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_credential_account"),
        sa.PrimaryKeyConstraint("account", name="pk_credential"),
        sa.UniqueConstraint("login", name="uq_credential_login"),
    )


def _create_login_session() -> None:
    op.create_table(
        "login_session",
        sa.Column("id", _id, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("account", sa.BigInteger(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("seen_ms", sa.BigInteger(), nullable=False, comment="the last time, to within some minutes"),
        sa.Column(
            "expires_ms", sa.BigInteger(), nullable=True, comment="none for who stays logged in until logging out"
        ),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column(
            "agent",
            sa.String(length=120),
            server_default=sa.text("''"),
            nullable=False,
            comment="the browser, as its user knows it",
        ),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_login_session_account"),
        sa.PrimaryKeyConstraint("id", name="pk_login_session"),
        sa.UniqueConstraint("token_hash", name="uq_login_session_token_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_login_session_account", "login_session", ["account"], unique=False)


def _create_one_time_code() -> None:
    op.create_table(
        "one_time_code",
        sa.Column("id", _id, nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column(
            "subject",
            sa.String(length=160),
            nullable=False,
            comment="what it proves: a customer's phone, an account's mail",
        ),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("account", sa.BigInteger(), nullable=True),
        sa.Column("person", sa.BigInteger(), nullable=True),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="wrong ones"),
        sa.Column("used_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('sign-up', 'finish', 'mail', 'reset', 'invite')", name="ck_one_time_code_purpose"
        ),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_one_time_code_account"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_one_time_code_person"),
        sa.PrimaryKeyConstraint("id", name="pk_one_time_code"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_one_time_code_code_hash", "one_time_code", ["code_hash"], unique=False)
    op.create_index("ix_one_time_code_purpose_subject", "one_time_code", ["purpose", "subject"], unique=False)


def _create_login_attempt() -> None:
    op.create_table(
        "login_attempt",
        sa.Column(
            "key", sa.String(length=180), nullable=False, comment="what is tried at: a login, an address, a phone"
        ),
        sa.Column("failures", sa.Integer(), nullable=False, comment="in a row"),
        sa.Column("last_ms", sa.BigInteger(), nullable=False),
        sa.Column("locked_until_ms", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_login_attempt"),
    )


def _create_push_subscription() -> None:
    op.create_table(
        "push_subscription",
        sa.Column("id", _id, nullable=False),
        sa.Column("account", sa.BigInteger(), nullable=False),
        sa.Column("endpoint", sa.String(length=1000), nullable=False),
        sa.Column(
            "public_key", sa.LargeBinary(length=65), nullable=False, comment="the browser's, P-256, uncompressed"
        ),
        sa.Column("secret", sa.LargeBinary(length=16), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_push_subscription_account"),
        sa.PrimaryKeyConstraint("id", name="pk_push_subscription"),
        sa.UniqueConstraint("endpoint", name="uq_push_subscription_endpoint"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_push_subscription_account", "push_subscription", ["account"], unique=False)


def _create_notice_address() -> None:
    op.create_table(
        "notice_address",
        sa.Column("id", _id, nullable=False),
        sa.Column("account", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column(
            "address", sa.LargeBinary(), nullable=False, comment="an apprise URL, which may hold a secret: sealed"
        ),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_notice_address_account"),
        sa.PrimaryKeyConstraint("id", name="pk_notice_address"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notice_address_account", "notice_address", ["account"], unique=False)


def _create_notice_choice() -> None:
    op.create_table(
        "notice_choice",
        sa.Column("account", sa.BigInteger(), nullable=False),
        sa.Column("site", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False, comment="alarm, arming, power, fault, technical"),
        sa.Column("channel", sa.String(length=4), nullable=False),
        sa.CheckConstraint("channel IN ('sms', 'mail', 'push', 'apps')", name="ck_notice_choice_channel"),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_notice_choice_account"),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_notice_choice_site"),
        sa.PrimaryKeyConstraint("account", "site", "kind", "channel", name="pk_notice_choice"),
    )
    op.create_index("ix_notice_choice_site_kind", "notice_choice", ["site", "kind"], unique=False)


def _create_home_assistant() -> None:
    op.create_table(
        "home_assistant",
        sa.Column("site", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.String(length=120), nullable=False, comment="HOST:PORT of the customer's MQTT broker"),
        sa.Column("tls", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("user", sa.String(length=60), server_default=sa.text("''"), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True, comment="the password; sealed by the vault"),
        sa.Column("prefix", sa.String(length=40), server_default=sa.text("'homeassistant'"), nullable=False),
        sa.Column(
            "commands",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="whether it may ask for anything",
        ),
        sa.Column("account", sa.BigInteger(), nullable=False, comment="whose authority counts"),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "problem",
            sa.String(length=200),
            server_default=sa.text("''"),
            nullable=False,
            comment="why it is not connected",
        ),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_home_assistant_account"),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_home_assistant_site"),
        sa.PrimaryKeyConstraint("site", name="pk_home_assistant"),
    )


def _create_push_key() -> None:
    op.create_table(
        "push_key",
        sa.Column("id", sa.Integer(), nullable=False, comment="1: there is one"),
        sa.Column(
            "private_key", sa.LargeBinary(), nullable=False, comment="VAPID, P-256 as PKCS 8 DER; sealed by the vault"
        ),
        sa.Column("public_key", sa.Text(), nullable=False, comment="as browsers want it: base64url of the point"),
        sa.CheckConstraint("id = 1", name="ck_push_key_one"),
        sa.PrimaryKeyConstraint("id", name="pk_push_key"),
    )


def _widen_notice() -> None:
    """Notices go by push and through people's own services too. SQLite changes no constraint: the rows move."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("ck_notice_channel", "notice")
        op.create_check_constraint("ck_notice_channel", "notice", _CHANNELS)
        return
    for index in ("ix_notice_due", "ix_notice_site_id"):
        op.drop_index(index, "notice")
    op.rename_table("notice", "old_notice")
    _create_notice()
    op.execute("INSERT INTO notice SELECT * FROM old_notice")
    op.drop_table("old_notice")


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
        sa.CheckConstraint(_CHANNELS, name="ck_notice_channel"),
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


def _begin_telling() -> None:
    """Nobody is told of what happened before anybody could choose."""
    op.execute("INSERT INTO lane (name, position) SELECT 'notices', COALESCE(MAX(id), 0) FROM signal")
