"""The pages that are made, each with what was written by hand around it."""

from pathlib import Path

from cookiecutter_streamlit_chat.providers import PROVIDERS
from cookiecutter_streamlit_chat.questions import ROOT
from documentation import options, providers, starter

DOCS = ROOT / "docs"
BEGIN = "<!-- What follows is made: `.dev/environment/bin/python -m documentation` writes it anew. -->"
END = "<!-- What follows is written by hand. -->"


def around(path: Path) -> tuple[str, str]:
    """What stands in a page before and after what is made; nothing for a page that is not there yet."""
    text = path.read_text("utf-8") if path.exists() else f"{BEGIN}\n{END}\n"
    before, _, rest = text.partition(f"{BEGIN}\n")
    return before, rest.partition(f"{END}\n")[2]


def page(path: Path, made: str) -> str:
    """A page, with its middle made anew."""
    before, after = around(path)
    return f"{before}{BEGIN}\n\n{made.strip()}\n\n{END}\n{after}"


def pages() -> dict[Path, str]:
    """The text of every page that is made, by its path."""
    made = {DOCS / "options.md": options.text(), DOCS / "providers.md": providers.overview()}
    made[DOCS / "starter.md"] = starter.text()
    made |= {DOCS / "providers" / f"{name}.md": providers.text(name) for name in PROVIDERS}
    return {path: page(path, text) for path, text in made.items()}
