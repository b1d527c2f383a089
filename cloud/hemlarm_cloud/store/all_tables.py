"""Every table of the store, for whoever needs them all: importing this module completes `metadata`."""

from hemlarm_cloud.store import (
    schema_access,
    schema_cases,
    schema_centre,
    schema_homes,
    schema_keys,
    schema_provisioning,
    schema_sites,
    schema_updates,
)
from hemlarm_cloud.store.schema import metadata

__all__ = [
    "metadata",
    "schema_access",
    "schema_cases",
    "schema_centre",
    "schema_homes",
    "schema_keys",
    "schema_provisioning",
    "schema_sites",
    "schema_updates",
]
