"""The register of whom the centre serves. Its parts are in modules of their own; the doors most used are named here."""

from hemlarm_cloud.sites.transmitters import ensure_transmitter, ensure_transmitters
from hemlarm_cloud.sites.transmitters import move as move_transmitter

__all__ = ["ensure_transmitter", "ensure_transmitters", "move_transmitter"]
