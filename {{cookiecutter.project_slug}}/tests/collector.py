"""A collector of traces for tests: it takes spans over OTLP/HTTP, and makes senders wait while its gate is closed."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


class Collector:
    """The received spans, and the gate."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[tuple[str, Message]] = []  # their paths and headers
        self.resources: list[dict[str, Any]] = []
        self.spans: list[Any] = []
        self.held, self.gate = threading.Event(), threading.Event()
        self.gate.set()

    def take(self, body: bytes) -> None:
        """Take spans, once the gate is open."""
        self.held.set()
        self.gate.wait()
        for sent in ExportTraceServiceRequest.FromString(body).resource_spans:
            self.resources.append(values(sent.resource.attributes))
            self.spans += [span for scope in sent.scope_spans for span in scope.spans]


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector on a free port of the loopback interface, for the `with` block."""
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            collector.requests.append((self.path, self.headers))
            collector.take(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        collector.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield collector
        collector.gate.set()
        server.shutdown()


def values(attributes: Any) -> dict[str, Any]:
    """Attributes by name."""
    return {attribute.key: value(attribute.value) for attribute in attributes}


def value(given: Any) -> Any:
    """The value of an attribute in Python."""
    kind = given.WhichOneof("value")
    return [*map(value, given.array_value.values)] if kind == "array_value" else getattr(given, kind)
