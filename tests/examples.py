"""Code from pages of documentation, put where they say it belongs."""

import re
from pathlib import Path

BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"`((?:(?:pages|chat)/[\w/]+|menu)\.py)`")


def examples(text: str) -> dict[str, str]:
    """The code in a Markdown text, by the last file named before it in the same chapter."""
    found = {}
    for block in BLOCK.finditer(text):
        named = FILE.findall(BLOCK.sub("", text[: block.start()]).rpartition("\n## ")[2])
        found[named[-1] if named else "script.py"] = block[1]
    return found


def put(project: Path, found: dict[str, str]) -> None:
    """Write these files of a project."""
    for name, code in found.items():
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text(code, "utf-8")


def call(project: Path, name: str, module: str, line: str, below: str) -> None:
    """Add a call of a module's function to a project's file, on a new line below this one."""
    path = project / name
    text = path.read_text("utf-8")
    assert text.count(f"        {below}\n") == 1, f"{name} has no line `{below}`"
    text = text.replace(f"        {below}\n", f"        {below}\n        {line}\n")
    import_ = f"from {module} import {line.partition('(')[0]}\n"
    path.write_text(text.replace("import streamlit as st\n", f"import streamlit as st\n{import_}", 1), "utf-8")
