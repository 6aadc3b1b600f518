"""Removes the files of what was not chosen: a hook runs in the new project's folder, once all files are there."""

from pathlib import Path

MODULE = "{{ (cookiecutter | chosen)[0].module }}"
UNUSED = {"anthropic", "bedrock", "embedded", "gemini", "openai", "openai_compatible"} - {MODULE}

for name in UNUSED:
    Path(f"provider_{name}.py").unlink()
Path(f"provider_{MODULE}.py").replace("provider.py")

if "{{ cookiecutter.avatars }}" != "images":
    for role in ("user", "assistant"):
        Path("assets", f"{role}.svg").unlink()
    if not any(Path("assets").iterdir()):  # an older bake here may have left more
        Path("assets").rmdir()

print("Your chat is in {{ cookiecutter.project_slug }}: README.md says how to start it.")
