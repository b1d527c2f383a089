"""The log as lines of JSON, one a record, for whatever collects logs; without tokens and passwords in either form."""

import json
import logging
import re
from datetime import UTC, datetime

_SECRETS = (
    (re.compile(r"hemlarm_[A-Za-z0-9_-]{43}"), "hemlarm_..."),
    (re.compile(r"(?i)\b(bearer|basic) +[^\s\"',;]+"), r"\1 ..."),
    (re.compile(r"://([^\s/:@]*):[^\s/@]+@"), r"://\1:...@"),
    (re.compile(r"(?i)(password|token|secret|key)([\"']?\s*[=:]\s*[\"']?)[^\s\"',;&}]+"), r"\1\2..."),
)
"""What no log may keep, whoever wrote it there: our tokens, others' bearers, passwords in addresses and in pairs."""

_TEXT = "%(levelname)s %(name)s: %(message)s"

_KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


def without_secrets(text: str) -> str:
    """Return a text without what no log may keep."""
    for pattern, kept in _SECRETS:
        text = pattern.sub(kept, text)
    return text


class TextFormatter(logging.Formatter):
    """Lines for people."""

    def __init__(self) -> None:
        super().__init__(_TEXT)

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's line, and its traceback if it has one."""
        return without_secrets(super().format(record))


class JsonFormatter(logging.Formatter):
    """One JSON object a record, with the fields it was given as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's line."""
        told: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "text": without_secrets(record.getMessage()),
        }
        for name, value in vars(record).items():
            if name not in _KNOWN:
                told[name] = value if isinstance(value, int | float) else without_secrets(str(value))
        if record.exc_info:
            told["exception"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(told)


def set_up(form: str) -> None:
    """Log to standard error in this form, "text" or "json"."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for name in ("alembic", "httpx"):
        # The one tells of each start, the other of each request with its address, which may hold a secret.
        logging.getLogger(name).setLevel(logging.WARNING)
