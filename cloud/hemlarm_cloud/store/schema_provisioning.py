"""The tables of panels on their way into the installation.

Times are whole milliseconds since 1970.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
)

from hemlarm_cloud.store.schema import SerialId, metadata
from hemlarm_cloud.store.schema_sites import NOTHING, ZERO

provisioning = Table(
    "provisioning",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("state", String(8), nullable=False),
    Column("site", BigInteger, ForeignKey("site.id"), comment="where it will be; none until somebody says"),
    Column("panel", String(16), nullable=False, comment="the id it drew; a row of panel when it is done"),
    Column("board", String(16), nullable=False),
    Column("firmware", Integer, nullable=False, comment="1000 times the major version, plus the minor"),
    Column("serial", String(64), nullable=False, server_default=NOTHING, comment="the board's own, hexadecimal"),
    Column("began_by", String(64), nullable=False),
    Column("began_ms", BigInteger, nullable=False),
    Column("typed_by", String(64), nullable=False, server_default=NOTHING, comment="who typed the right code"),
    Column("expires_ms", BigInteger, nullable=False, comment="of what is not finished"),
    Column("tries", Integer, nullable=False, server_default=ZERO, comment="wrong codes"),
    Column("shared", LargeBinary, comment="what panel and cloud have in common; sealed by the vault, gone at the end"),
    Column("root_key", LargeBinary, comment="wrapped by the vault; gone at the end"),
    Column("certificate_serial", String(40), nullable=False, server_default=NOTHING),
    Column("given", LargeBinary, comment="the fourth message, which only the panel can read; gone at the end"),
    CheckConstraint("state IN ('root', 'code', 'giving', 'done', 'refused', 'ended')", name="state"),
    Index(None, "panel"),
    Index(None, "site"),
    Index(None, "state", "expires_ms"),
    Index(None, "began_by", "began_ms"),
    sqlite_autoincrement=True,
)
