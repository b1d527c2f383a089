"""Bringing a panel into the installation, and putting it out again."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography import x509

from hemlarm_cloud.authority import Authority, write_private
from hemlarm_cloud.store import Panel, Store
from hemlarm_cloud.vault import ROOT_KEY_BYTES, Vault
from hemlarm_protocol import cbor, keys, topics
from hemlarm_protocol.errors import BadMessage


class ProvisionError(Exception):
    """A panel could not be provisioned or revoked, or its credentials not read; the text says what to do."""


@dataclass(frozen=True)
class PanelCredentials:
    """All that a panel must know to speak to this installation, as its `Board.credentials()` gives it.

    `panel` has 8 bytes and `root_key` 32; `certificate`, `key` and `authority` are
    DER. Root key and private key do not show when it is printed.
    """

    panel: bytes
    root_key: bytes = field(repr=False)
    host: str
    port: int
    certificate: bytes = field(repr=False)
    key: bytes = field(repr=False)
    authority: bytes = field(repr=False)

    @property
    def panel_id(self) -> str:
        """The panel's id as it stands in topics, certificates and the store."""
        return self.panel.hex()

    def to_cbor(self) -> bytes:
        """Return them as a CBOR map from field names to values."""
        return cbor.encode({name: getattr(self, name) for name in _FIELDS})

    @classmethod
    def from_cbor(cls, data: bytes) -> "PanelCredentials":
        """Read what `to_cbor` returned. Raises ProvisionError naming the field that is wrong."""
        try:
            fields = cbor.decode(data)
        except BadMessage as error:
            raise ProvisionError(f"not a panel's credentials ({error}); provision the panel again") from None
        if not isinstance(fields, dict) or set(fields) != set(_FIELDS):
            raise ProvisionError(f"a panel's credentials have exactly these fields: {', '.join(_FIELDS)}")
        for name, (kind, length) in _FIELDS.items():
            value = fields[name]
            if type(value) is not kind or (length and isinstance(value, bytes) and len(value) != length):
                raise ProvisionError(f"a panel's credentials: {name} is not {length or 'any'} {kind.__name__}")
        return cls(**fields)  # type: ignore[arg-type]  # The loop above has looked at every field.

    def write(self, file: Path) -> None:
        """Write them to a file for its owner alone. Raises ProvisionError."""
        try:
            write_private(file, self.to_cbor())
        except OSError as error:
            raise ProvisionError(f"credentials {file} cannot be written ({error.strerror}); check its folder") from None


_FIELDS: dict[str, tuple[type, int]] = {
    "panel": (bytes, keys.PANEL_BYTES),
    "root_key": (bytes, ROOT_KEY_BYTES),
    "host": (str, 0),
    "port": (int, 0),
    "certificate": (bytes, 0),
    "key": (bytes, 0),
    "authority": (bytes, 0),
}
"""Every field's type, and its length in bytes where that is fixed."""


def provision_panel(
    store: Store,
    vault: Vault,
    authority: Authority,
    random: Callable[[int], bytes],
    now: datetime,
    *,
    host: str,
    port: int,
) -> PanelCredentials:
    """Invent a panel, store it, and return its secrets, which exist nowhere else in clear.

    `host` and `port` are where the panel will find the broker; `now` carries a time zone. Raises StoreError or
    AuthorityError, and then no such panel is known.
    """
    panel, root_key = random(keys.PANEL_BYTES), random(ROOT_KEY_BYTES)
    panel_id, now_ms = panel.hex(), round(now.timestamp() * 1000)
    issued = authority.issue_panel(panel_id, now)
    serial = f"{x509.load_der_x509_certificate(issued.certificate).serial_number:x}"
    wrapped = vault.wrap(panel_id, root_key)
    with store.begin() as tx:
        tx.add_panel(Panel(panel_id, topics.shard(panel_id), wrapped, serial, now_ms))
    return PanelCredentials(panel, root_key, host, port, issued.certificate, issued.key, issued.authority)


def revoke(store: Store, panel: str, now: datetime) -> None:
    """Put a panel out: the broker refuses it from now on and cuts it at its next check.

    Raises ProvisionError if there is no such panel or it was revoked before.
    """
    with store.begin() as tx:
        if tx.revoke_panel(panel, round(now.timestamp() * 1000)):
            return
        known = tx.panel(panel)
    if known is None:
        raise ProvisionError(f"no panel {panel} here; `hemlarm cloud panel list` shows them all")
    raise ProvisionError(f"panel {panel} was revoked before")


def is_admitted(store: Store, panel: str) -> bool:
    """Tell whether the broker may let this panel in."""
    with store.read() as reading:
        known = reading.panel(panel)
    return known is not None and known.revoked_ms is None
