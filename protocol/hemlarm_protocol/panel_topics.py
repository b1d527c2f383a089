"""The two topics of a panel, which is all that the panel itself needs of `topics.py`."""


def shard(panel: str) -> str:
    """Return the shard of a panel: two hex digits."""
    return panel[:2]


def up(panel: str) -> str:
    """Return the topic on which a panel speaks."""
    return f"hemlarm/1/{shard(panel)}/{panel}/up"


def down(panel: str) -> str:
    """Return the topic on which a panel is spoken to."""
    return f"hemlarm/1/{shard(panel)}/{panel}/down"
