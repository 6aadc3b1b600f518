"""Removes from the new project the folders that stayed empty, and says what to do next."""

from pathlib import Path

# An older bake in the same folder may have left such a file.
UNNEEDED = """{{ cookiecutter | unneeded | sort | join("\n") }}""".splitlines()
KEYS = "{{ cookiecutter | chosen | selectattr('key_page') | map(attribute='key') | join(', ') }}"


def remove(files: list[Path]) -> None:
    """Remove, below the current folder, these files, and each of their folders that has nothing else in it."""
    for file in files:
        file.unlink(missing_ok=True)
    folders = {folder for file in files for folder in file.parents[:-1]}
    for folder in sorted(folders, reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()


def next_steps(slug: str, keys: str) -> str:
    """What to type now, in letters that every console can show."""
    lines = [f"Your chat is in {slug}. Start it:", "", f"    cd {slug}", "    uv run streamlit run", ""]
    if keys:
        lines.append(f"It needs {keys}: README.md says where to put it.")
    return "\n".join([*lines, "Without uv, see README.md."])


if __name__ == "__main__":
    remove([Path(file) for file in UNNEEDED])
    print(next_steps("{{ cookiecutter.project_slug }}", KEYS))
