"""What everything that speaks to the database is made of: a connection within a transaction."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select

from hemlarm_cloud.store.hot_path import hot_path
from hemlarm_cloud.store.picture_keys import PictureKeys


class Connected:
    """The connection of one transaction, and the keys of pictures, which lie beside the database."""

    def __init__(self, connection: Connection, picture_keys: PictureKeys | None = None) -> None:
        self._connection = connection
        self.picture_keys = picture_keys or PictureKeys()
        self._prepared = hot_path(connection.dialect)

    @property
    def connection(self) -> Connection:
        """For the statements of whoever keeps tables of their own here; it lives as long as the transaction."""
        return self._connection

    def _all(self, query: Select[Any]) -> Sequence[Any]:
        return self._connection.execute(query).all()
