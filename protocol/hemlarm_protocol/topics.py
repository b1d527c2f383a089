"""MQTT topic names: `hemlarm/1/<shard>/<panel>/up` and `.../down`, and within the cloud `.../sms` and `.../sms-down`.

A panel's id is 8 random bytes, written as 16 lower-case hex digits. Its shard is the first two of them, so that a
worker can take a range of shards with any broker's plain topic filters.
"""

from hemlarm_protocol.errors import BadMessage
from hemlarm_protocol.panel_topics import down as down
from hemlarm_protocol.panel_topics import shard as shard
from hemlarm_protocol.panel_topics import up as up

UP_FILTER = "hemlarm/1/+/+/up"
"""What a worker that serves every shard subscribes to."""

SMS_UP_FILTER = "hemlarm/1/+/+/sms"
"""What came by SMS, from the gateway to the ingest; no panel may use it."""

SMS_DOWN_FILTER = "hemlarm/1/+/+/sms-down"
"""What is to go by SMS, from the ingest to the gateway; no panel may use it."""

_HEX = "0123456789abcdef"
_KINDS = ("up", "down", "sms", "sms-down")


def shard_filter(digits: str, kind: str = "up") -> str:
    """Return the filter for what the panels of one shard send, or of another kind of topic."""
    return f"hemlarm/1/{digits}/+/{kind}"


def sms_up(panel: str) -> str:
    """Return the topic for what came from a panel by SMS."""
    return f"hemlarm/1/{shard(panel)}/{panel}/sms"


def sms_down(panel: str) -> str:
    """Return the topic for what is to go to a panel by SMS."""
    return f"hemlarm/1/{shard(panel)}/{panel}/sms-down"


def is_panel(panel: str) -> bool:
    """Tell whether `panel` is a panel's id as it stands in topics and certificates."""
    return len(panel) == 16 and all(digit in _HEX for digit in panel)


def parse(topic: str) -> "tuple[str, str]":
    """Return (panel, "up", "down", "sms" or "sms-down") of a topic. Raises BadMessage for any other topic."""
    parts = topic.split("/")
    if len(parts) != 5 or parts[:2] != ["hemlarm", "1"] or parts[4] not in _KINDS:
        raise BadMessage("not a topic of Hemlarm's")
    if not is_panel(parts[3]) or parts[2] != shard(parts[3]):
        raise BadMessage("the topic's panel or shard is wrong")
    return parts[3], parts[4]
