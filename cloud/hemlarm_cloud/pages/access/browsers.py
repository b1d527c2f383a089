"""Browsers, as their users know them."""

_PROGRAMS = (
    # What stands in a browser's own name for itself, in the order in which to look, and what people call it.
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)

_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def browser_name(agent: str) -> str:
    """Return browser and system, as in "Firefox, Windows", as far as they are known; else nothing."""
    found = (next((name for mark, name in table if mark in agent), "") for table in (_PROGRAMS, _SYSTEMS))
    return ", ".join(name for name in found if name)
