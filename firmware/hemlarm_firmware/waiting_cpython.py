"""`waiting` on CPython, whose event loop brings a task forward by other means."""

import asyncio


class Pause:
    """See `waiting.Pause`."""

    def __init__(self) -> None:
        self._ended = asyncio.Event()

    def end(self) -> None:
        """Let the task go on."""
        self._ended.set()

    async def wait(self, limit_ms: "int | None") -> None:
        """Pause until the end is called for, or for `limit_ms`."""
        self._ended.clear()
        try:
            async with asyncio.timeout(None if limit_ms is None else limit_ms / 1000):
                await self._ended.wait()
        except TimeoutError:
            pass
