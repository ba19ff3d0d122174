"""A web site of a test's own on `localhost`, whose pages call an emulator on another port: another origin."""

import contextlib
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

__all__ = ["site"]

_TYPES = {"js": "text/javascript", "html": "text/html; charset=utf-8"}


@contextlib.contextmanager
def site(files: Mapping[str, str]) -> Iterator[str]:
    """Serve files by name, and an empty page at every other path; yields the site's origin."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.strip("/")
            body = files.get(name, "<!doctype html><title>site</title>").encode()
            self.send_response(200)
            self.send_header("Content-Type", _TYPES.get(name.rpartition(".")[2], _TYPES["html"]))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("localhost", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
