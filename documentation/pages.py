"""The generated pages, each with the handwritten text around its generated part."""

from pathlib import Path

from cookiecutter_streamlit_chat.providers import PROVIDERS
from cookiecutter_streamlit_chat.questions import ROOT
from documentation import options, providers, starter

DOCS = ROOT / "docs"
BEGIN = "<!-- Generated from here: `.dev/environment/bin/python -m documentation` overwrites it. -->"
END = "<!-- Handwritten from here. -->"


def around(path: Path) -> tuple[str, str]:
    """The text before and after a page's generated part; empty for a page that does not exist yet."""
    text = path.read_text("utf-8") if path.exists() else f"{BEGIN}\n{END}\n"
    before, _, rest = text.partition(f"{BEGIN}\n")
    return before, rest.partition(f"{END}\n")[2]


def page(path: Path, made: str) -> str:
    """A page, with its generated part replaced."""
    before, after = around(path)
    return f"{before}{BEGIN}\n\n{made.strip()}\n\n{END}\n{after}"


def pages() -> dict[Path, str]:
    """The text of every generated page, by path."""
    made = {DOCS / "options.md": options.text(), DOCS / "providers.md": providers.overview()}
    made[DOCS / "starter.md"] = starter.text()
    made |= {DOCS / "providers" / f"{name}.md": providers.text(name) for name in PROVIDERS}
    return {path: page(path, text) for path, text in made.items()}
