"""A service over HTTP, like one of your own: it remembers conversations by id, and names its sources.

It answers a POST with a question and a conversation by server-sent events.
"""

import json
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

asked: defaultdict[str, list[str]] = defaultdict(list)
SOURCES = [
    {"title": "Atlas", "address": "https://atlas.example/france", "passage": "Paris is the capital.", "page": 12},
    {"title": "Notes", "address": "javascript:alert(1)", "passage": "<b>2,100,000</b> people live there."},
]


class Service(BaseHTTPRequestHandler):
    """Answers one question after another."""

    def do_POST(self) -> None:
        """Answer, in pieces."""
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        before = asked[body["conversation"]]
        before.append(body["question"])
        if body["question"] == "Fail":
            self.send_error(500, "canary of a service")
            return
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        words = f"Paris [1] is large [2], “{len(before)}” so far: {', '.join(before)}.".split(" ")
        for event in [*({"source": source} for source in SOURCES), *({"text": f"{word} "} for word in words)]:
            self.wfile.write(f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode())
            self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[str]:
    """The address of the service, while it runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/ask"
    finally:
        server.shutdown()
