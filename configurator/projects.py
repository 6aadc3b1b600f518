"""Facts about a project: what changed, its dependencies, its size; and the project as a zip file."""

import difflib
import io
import json
import re
import stat
import tomllib
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from configurator.baking import Bake

SIZES = json.loads((Path(__file__).parent / "sizes.json").read_text("utf-8"))
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the earliest date a zip can hold
UNIX = 3


def text(content: bytes) -> str | None:
    """A file's content as text; None if it is not text."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def changes(before: Bake, after: Bake) -> dict[str, str]:
    """Which files are `added`, `removed` or `changed` in the second bake, by path."""
    removed = {path: "removed" for path in before.files if path not in after.files}
    return removed | {
        path: "changed" if path in before.files else "added"
        for path, content in after.files.items()
        if before.files.get(path) != content
    }


def diff(path: str, before: Bake, after: Bake) -> str:
    """What changed in a file, as a unified diff; empty if nothing did."""
    old, new = (text(bake.files.get(path, b"")) for bake in (before, after))
    if old is None or new is None:
        return ""
    return "\n".join(difflib.unified_diff(old.splitlines(), new.splitlines(), path, path, lineterm=""))


def lines(bake: Bake) -> int:
    """The project's lines of Python, tests included."""
    return sum(content.count(b"\n") for path, content in bake.files.items() if path.endswith(".py"))


def requirements(pyproject: str) -> list[str]:
    """The requirements in a pyproject.toml, without those for development."""
    tables = tomllib.loads(pyproject)
    groups = {name: group for name, group in tables.get("dependency-groups", {}).items() if name != "dev"}
    return sorted(sum(groups.values(), tables["project"]["dependencies"]))


def requirements_of(bake: Bake) -> list[str]:
    """The app's requirements."""
    return requirements(bake.files["pyproject.toml"].decode())


def brought(requirement: str) -> set[str]:
    """The distributions that a requirement installs, with their dependencies; empty if it was not measured."""
    return set(SIZES["brings"].get(re.split("[<>=!~; ]", requirement)[0], ()))


def installed(requirements: list[str]) -> int:
    """The installed size of these requirements together, in bytes."""
    return sum(SIZES["bytes"][name] for name in set().union(*map(brought, requirements)))


def zipped(bake: Bake) -> bytes:
    """The project as a zip file: the same bytes for the same answers."""
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as archive:
        for path, content in bake.files.items():
            entry = ZipInfo(f"{bake.slug}/{path}", LONG_AGO)
            entry.create_system = UNIX
            entry.external_attr = (stat.S_IFREG | (0o755 if path in bake.programs else 0o644)) << 16
            archive.writestr(entry, content, ZIP_DEFLATED)
    return buffer.getvalue()
