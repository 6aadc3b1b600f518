"""Keeps the chosen provider: cookiecutter runs this in the new project's folder after all files are written."""

import os  # not pathlib, which takes as long to import as Python to start: a tenth of a bake

PROVIDERS = {"anthropic", "bedrock", "custom", "embedded", "gemini", "openai", "openai_compatible"}
CHOSEN = "{{ (cookiecutter | chosen)[0].module }}"
# What existed before the bake stays as it was.
KEPT = set("""{{ cookiecutter.get("_there", []) | join("\n") }}""".splitlines())

unused = {f"provider_{name}.py" for name in PROVIDERS - {CHOSEN}}
if "{{ cookiecutter.avatars }}" != "images":
    unused |= {"assets/assistant.svg", "assets/user.svg"}
for file in unused - KEPT:
    os.remove(file)

if not os.listdir("assets"):
    os.rmdir("assets")

if "provider.py" in KEPT:
    os.remove(f"provider_{CHOSEN}.py")
else:
    os.replace(f"provider_{CHOSEN}.py", "provider.py")

print("Your chat is in {{ cookiecutter.project_slug }}: README.md says how to start it.")
