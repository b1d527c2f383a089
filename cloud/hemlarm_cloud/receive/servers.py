"""The network's side of the receivers: streams and datagrams in, telegrams to the taker, answers out; all bounded."""

import asyncio
import logging
from asyncio import DatagramProtocol, DatagramTransport, StreamReader, StreamWriter
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Protocol

from hemlarm_cloud.receive.limits import Connections, Limits, Rates

_READ_BYTES = 8_192
_DATAGRAM_MAX = 4_096

_log = logging.getLogger(__name__)

Give = Callable[[bytes], "Future[bytes | None]"]
"""Takes a telegram's bytes; the result is its answer, after the commit."""


class Splitting(Protocol):
    """Cuts a stream into telegrams; a broken one is closed when what came of it is answered."""

    broken: bool

    def feed(self, data: bytes) -> list[bytes]:
        """Take what came; returns the telegrams that are whole now."""
        ...


class StreamServer:
    """Serves the connections of one port: telegram by telegram, each answered before the next is looked at."""

    def __init__(self, give: Give, make_splitter: Callable[[], Splitting], limits: Limits) -> None:
        self.connections = Connections(limits)
        self._give = give
        self._make_splitter = make_splitter
        self._limits = limits
        self._rates = Rates(limits)

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Serve one connection to its end, whatever comes."""
        address = str((writer.get_extra_info("peername") or ("?",))[0])
        if not self.connections.enter(address):
            writer.transport.abort()
            return
        try:
            await self._exchange(reader, writer, address)
        except (OSError, TimeoutError) as error:
            _log.debug("a connection from %s ended: %s", address, error)
        finally:
            self.connections.leave(address)
            writer.close()

    async def _exchange(self, reader: StreamReader, writer: StreamWriter, address: str) -> None:
        splitter = self._make_splitter()
        loop = asyncio.get_running_loop()
        while not splitter.broken:
            telegrams: list[bytes] = []
            async with asyncio.timeout(self._limits.telegram_s):
                while not telegrams and not splitter.broken:
                    data = await reader.read(_READ_BYTES)
                    if not data:
                        return
                    telegrams = splitter.feed(data)
            for telegram in telegrams:
                await asyncio.sleep(self._rates.wait_s(address, loop.time()))
                answer = await asyncio.wrap_future(self._give(telegram))
                if answer is not None:
                    writer.write(answer)
                    async with asyncio.timeout(self._limits.answer_s):
                        await writer.drain()


class DatagramServer(DatagramProtocol):
    """Serves one UDP port: a datagram is a telegram."""

    def __init__(self, give: Give, limits: Limits) -> None:
        self.refused = 0
        self._give = give
        self._rates = Rates(limits)
        self._transport: DatagramTransport | None = None

    def connection_made(self, transport: Any) -> None:
        """Remember what answers go through."""
        self._transport = transport

    def datagram_received(self, data: bytes, address: tuple[Any, ...]) -> None:
        """Take a telegram; its answer follows when it is stored."""
        loop = asyncio.get_running_loop()
        if len(data) > _DATAGRAM_MAX or not self._rates.may_pass(str(address[0]), loop.time()):
            self.refused += 1
            return
        future = asyncio.wrap_future(self._give(data))
        future.add_done_callback(lambda done: self._answer(done, address))

    def error_received(self, error: Exception) -> None:
        """Nobody listens where an answer went."""
        _log.debug("a datagram did not arrive: %s", error)

    def _answer(self, done: "asyncio.Future[bytes | None]", address: tuple[Any, ...]) -> None:
        answer = None if done.cancelled() else done.result()
        if answer is not None and self._transport and not self._transport.is_closing():
            self._transport.sendto(answer, address)
