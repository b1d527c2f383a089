"""What it takes to bring panels in, beside the store and the vault."""

from dataclasses import dataclass

from hemlarm_cloud.authority import Authority
from hemlarm_cloud.errors import ConflictError
from hemlarm_cloud.provisioning.key import ProvisioningKey


@dataclass(frozen=True)
class Means:
    """The authority that signs panels' certificates, the key panels know us by, and where they find the broker."""

    authority: Authority
    key: ProvisioningKey
    host: str
    port: int


def means_of(given: Means | None) -> Means:
    """Return them. Raises ConflictError in a process that has none, because it serves the API alone."""
    if given is None:
        raise ConflictError("panels are not provisioned here: ask the process that has the installation's authority")
    return given
