"""A small web server on this machine that takes posts, for tests of what is sent to people's services."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Posted(NamedTuple):
    """One request as it came; the headers' names are in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes


class SmallServer:
    """What came, and the status with which the next ones are answered."""

    def __init__(self) -> None:
        self.posted: list[Posted] = []
        self.status = 201
        self.location = ""
        self.hold: threading.Event | None = None
        self.port = 0

    def url(self, path: str = "/", scheme: str = "http") -> str:
        """An address at this server."""
        return f"{scheme}://127.0.0.1:{self.port}{path}"


@contextmanager
def serving() -> Iterator[SmallServer]:
    """Run one."""
    state = SmallServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            state.posted.append(Posted(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            if state.hold is not None:
                state.hold.wait(20)
            self.send_response(state.status)
            if state.location:
                self.send_header("Location", state.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        if state.hold is not None:
            state.hold.set()
        server.shutdown()
        server.server_close()
        thread.join()
