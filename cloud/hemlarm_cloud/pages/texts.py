"""All texts of the pages, in Swedish and English. Each part has a table of its own, which is named here."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from hemlarm_cloud.pages import texts_common
from hemlarm_cloud.pages.access import texts as access
from hemlarm_cloud.pages.customer import texts as customer
from hemlarm_cloud.pages.desk import texts as desk
from hemlarm_cloud.pages.installer import texts as installer
from hemlarm_cloud.pages.installer import texts_provisioning
from hemlarm_cloud.pages.notices import texts as notices

LANGUAGES = ("sv", "en")

_TABLES: tuple[Mapping[str, tuple[str, str]], ...] = (
    # One line a part.
    texts_common.TEXTS,
    access.TEXTS,
    customer.TEXTS,
    desk.TEXTS,
    installer.TEXTS,
    texts_provisioning.TEXTS,
    notices.TEXTS,
)


def _merged() -> Mapping[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for table in _TABLES:
        twice = found.keys() & table.keys()
        assert not twice, f"texts are there twice: {sorted(twice)}"
        found |= table
    return MappingProxyType(found)


TEXTS = _merged()
"""A text's name, as "access.login", to what it is in Swedish and in English."""


def text(language: str, key: str, **values: Any) -> str:
    """Return a text in this language with the values in its braces. Raises KeyError for one that is not there."""
    found = TEXTS[key][LANGUAGES.index(language)]
    return found.format(**values) if values else found
