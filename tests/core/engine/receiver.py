"""A real HTTP server that receives notices, and answers as a test wants."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behaviour = Callable[[int], int | tuple[int, dict[str, str]]]
"""Number of the request (from 1) → status, or status and headers; a negative status hangs up without an answer."""


class Receiver:
    """What arrived, in order."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.behaviour: Behaviour = lambda _: 200
        self.delay = 0.0
        self.url = ""

    @property
    def keys(self) -> list[str]:
        return [request["headers"]["Idempotency-Key"] for request in self.requests]

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(request["body"]) for request in self.requests]


@contextlib.contextmanager
def receiving() -> Iterator[Receiver]:
    """A server on a free port of this machine."""
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.requests.append({"headers": dict(self.headers), "body": body, "path": self.path})
            if found.delay:
                time.sleep(found.delay)
            answer = found.behaviour(len(found.requests))
            status, headers = answer if isinstance(answer, tuple) else (answer, {})
            if status < 0:
                self.connection.close()
                return
            with contextlib.suppress(OSError):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
