"""What the page offers beside the world itself: the embedded cloud's pages, and the other houses."""

from typing import Any
from urllib.parse import quote, urlsplit

from hemlarm_simulator.description import houses
from hemlarm_simulator.page.cloud_side import PASSWORD, EmbeddedCentre

_CENTRE_ROLES = ("operator", "supervisor")
_THIS_MACHINE = "127.0.0.1"


def entrances(centre: EmbeddedCentre, cloud_url: str) -> dict[str, Any]:
    """Links that sign in by themselves, each with its role and login; their password; the houses that can be loaded."""
    doors = [
        {
            "role": login.role,
            "login": login.login,
            "name": "",
            "url": f"{_apart(login.role, cloud_url)}/enter/{quote(login.login, safe='')}",
        }
        for login in centre.logins
    ]
    return {"doors": doors, "password": PASSWORD, "houses": houses()}


def _apart(role: str, cloud_url: str) -> str:
    """The address for a role: a browser keeps the cookies of one name apart from those of the other, so that operator
    and customer can be looked at side by side.
    """
    parts = urlsplit(cloud_url)
    if parts.hostname != _THIS_MACHINE or role in _CENTRE_ROLES:
        return cloud_url
    return f"{parts.scheme}://localhost:{parts.port}"
