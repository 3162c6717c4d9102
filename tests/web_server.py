"""A web server on 127.0.0.1 for tests, whose pages may do to a client whatever they like."""

import threading
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

Page = Callable[["Request"], None]


class Request(BaseHTTPRequestHandler):
    """One request; a page answers it with `answer`, or writes to `wfile` by itself."""

    server: "_Server"
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        web = self.server.web
        web.requests[self.path] += 1
        web.headers[self.path] = dict(self.headers)
        page = web.pages.get(self.path)
        try:
            if page is None:
                self.answer(b"", 404)
            else:
                page(self)
        except OSError:  # the client has had enough
            self.close_connection = True

    def answer(self, body: bytes, status: int = 200, **headers: str) -> None:
        """Answer; a header's name may be written with underscores."""
        self.begin(status, Content_Length=str(len(body)), **headers)
        self.wfile.write(body)

    def begin(self, status: int = 200, **headers: str) -> None:
        """Send the head of an answer alone."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    web: "WebServer"

    def handle_error(self, *_: Any) -> None:
        pass  # a client that was killed


class WebServer:
    """Serves `pages`, by their paths, while the `with` lasts, and counts who asks."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.requests: Counter[str] = Counter()
        self.headers: dict[str, dict[str, str]] = {}
        for port in range(28_000, 28_500):
            try:
                self._server = _Server(("127.0.0.1", port), Request)
                break
            except OSError:
                continue
        self._server.web = self
        self.port = self._server.server_port
        self.address = f"http://127.0.0.1:{self.port}"

    def serve(self, path: str, body: bytes, status: int = 200, **headers: str) -> str:
        """Let `path` be answered so; return its URL."""
        self.pages[path] = lambda request: request.answer(body, status, **headers)
        return self.address + path

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
