"""The connection to a receiver: one telegram out, its answer in. Everything has an end: time, bytes, answers.

A connection is kept while it is used. One that died while nobody used it is replaced without being told as trouble.
"""

import asyncio
import ssl
from collections.abc import Callable

from hemlarm_cloud.forward import addresses
from hemlarm_cloud.forward.speaking import Splitting
from hemlarm_cloud.forward.verdicts import Action, Verdict
from hemlarm_cloud.trade.errors import BadTelegram

CONNECT_S = 5.0
ANSWER_S = 10.0
"""For the telegram to go and all of its answer to come, however slowly."""

KEPT_S = 10.0
"""How long an idle connection is kept: receivers close theirs, and one that looks open can be long dead."""

ANSWERS_MAX = 16
"""Answers to earlier telegrams that are passed over before a connection is given up."""

_BYTES_MAX = 65_536
_READ_BYTES = 4_096


class LinkError(Exception):
    """No answer, and why."""


class Link:
    """To one address. `context` is for TLS, None for none; `server_name` is whose certificate is expected."""

    def __init__(
        self,
        address: str,
        context: ssl.SSLContext | None,
        server_name: str,
        make_splitter: Callable[[], Splitting],
    ) -> None:
        self._address = address
        self._context = context
        self._server_name = server_name
        self._make_splitter = make_splitter
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._used_s = 0.0

    async def exchange(self, telegram: bytes, judge: Callable[[bytes], Verdict]) -> Verdict:
        """Send a telegram and return what `judge` makes of its answer. Raises LinkError; the connection is then gone.

        Answers that are to be ignored are passed over.
        """
        is_old = self._streams is not None and asyncio.get_running_loop().time() - self._used_s < KEPT_S
        if not is_old:
            self.close()
        try:
            try:
                return await self._exchange_once(telegram, judge)
            except (EOFError, ConnectionError):
                if not is_old:
                    raise
                # It had been closed meanwhile; whether this telegram came through is for the receiver to notice.
                self.close()
                return await self._exchange_once(telegram, judge)
        except BaseException as error:
            self.close()
            if isinstance(error, (OSError, EOFError, TimeoutError, BadTelegram, ValueError)):
                raise LinkError(f"{self._address}: {_told(error)}") from None
            raise

    def close(self) -> None:
        """End the connection, if there is one."""
        streams, self._streams = self._streams, None
        if streams is not None:
            streams[1].transport.abort()

    async def _exchange_once(self, telegram: bytes, judge: Callable[[bytes], Verdict]) -> Verdict:
        if self._streams is None:
            self._streams = await self._connect()
        async with asyncio.timeout(ANSWER_S):
            reader, writer = self._streams
            writer.write(telegram)
            await writer.drain()
            verdict = await self._answer(reader, judge)
        self._used_s = asyncio.get_running_loop().time()
        return verdict

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, port = addresses.split(self._address)
        server_name = (self._server_name or host) if self._context else None
        async with asyncio.timeout(CONNECT_S):
            return await asyncio.open_connection(
                host, port, ssl=self._context, server_hostname=server_name, limit=_READ_BYTES
            )

    async def _answer(self, reader: asyncio.StreamReader, judge: Callable[[bytes], Verdict]) -> Verdict:
        splitter, came, answers = self._make_splitter(), 0, 0
        while came < _BYTES_MAX and answers < ANSWERS_MAX:
            data = await reader.read(_READ_BYTES)
            if not data:
                raise EOFError
            came += len(data)
            for answer in splitter.feed(data):
                answers += 1
                verdict = judge(answer)
                if verdict.action is not Action.IGNORE:
                    return verdict
        raise BadTelegram("a lot came, and nothing of it was an answer")


def _told(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, EOFError):
        return "it closed the connection without an answer"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not accepted: {error.verify_message}"
    if isinstance(error, BadTelegram):
        return f"its answer cannot be read: {error}"
    return getattr(error, "strerror", None) or type(error).__name__
