"""All that one cloud keeps on disk, opened together: store, vault and authority."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from hemlarm_cloud.authority import Authority
from hemlarm_cloud.provisioning.key import ProvisioningKey, open_key
from hemlarm_cloud.settings import Settings
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.database import PICTURE_KEYS
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_access import home_assistant, notice_address, push_key
from hemlarm_cloud.store.schema_centre import destination, foreign_account
from hemlarm_cloud.store.schema_sites import site
from hemlarm_cloud.vault import Vault


class InstallationError(Exception):
    """The data folder does not hold what it must; the text names what is missing and the remedy."""


@dataclass(frozen=True)
class Installation:
    """An opened installation."""

    settings: Settings
    store: Store
    vault: Vault
    authority: Authority
    provisioning_key: ProvisioningKey


@contextmanager
def open_installation(settings: Settings, random: Callable[[int], bytes], now: datetime) -> Iterator[Installation]:
    """Open the installation, and make the parts that a new one lacks.

    Master key and authority are made only while no panel was provisioned and no secret sealed: after that a missing one
    is a loss to repair, and a new one in its place would shut every panel out, or open no password. Raises
    InstallationError, StoreError, VaultError or AuthorityError.
    """
    with open_store(settings) as store:
        with store.read() as reading:
            is_new = not (reading.panels() or _holds_secrets(reading))
        key_file, folder = settings.data / "master.key", settings.data / "authority"
        for part in (key_file, folder):
            if not part.exists() and not is_new:
                raise InstallationError(
                    f"{part} is missing, but what is in the database was made with it: restore it from a copy"
                )
        vault = Vault.load(key_file) if key_file.exists() else Vault.create(key_file, random)
        authority = Authority.load(folder) if folder.exists() else Authority.create(folder, now)
        yield Installation(settings, store, vault, authority, open_key(settings.data, random))


def _holds_secrets(reading: Queries) -> bool:
    """Whether anything is sealed by the master key."""
    columns = (
        *(site.c.password, site.c.counter_password, destination.c.secret, foreign_account.c.secret),
        *(home_assistant.c.secret, notice_address.c.address, push_key.c.private_key),
    )
    found = (select(column).where(column.is_not(None)).limit(1) for column in columns)
    return any(reading.connection.scalar(query) is not None for query in found)


@contextmanager
def open_store(settings: Settings) -> Iterator[Store]:
    """Open the store alone, for whoever needs no secrets. Raises InstallationError or StoreError."""
    try:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise InstallationError(
            f"data folder {settings.data} cannot be made ({error.strerror}); set another one with --data"
        ) from None
    store = Store.open(settings.database_url, settings.data / PICTURE_KEYS)
    try:
        yield store
    finally:
        store.close()
