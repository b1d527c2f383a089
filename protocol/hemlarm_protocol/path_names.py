"""The ways from a panel to its cloud, and who a panel is to the broker on each of them."""

IP, MOBILE, SMS = 1, 2, 3
"""Ethernet or Wi-Fi; the modem's data connection; and single sealed events by SMS. The numbers are stored and sent."""


def client_id(panel: str, path: int) -> str:
    """Return the panel's MQTT client id on IP or MOBILE. Two, because a broker ends the older of two with one id."""
    return panel if path == IP else panel + "-2"
