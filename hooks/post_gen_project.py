"""Removes from the new project what its answers do not need, and says what to do next."""

from pathlib import Path

READ_ONLY = """{{ cookiecutter | read_only | join("\n") }}""".splitlines()
# All alternatives minus the chosen ones, by the table in cookiecutter_streamlit_chat/files.py, and nothing that was
# there before the bake. What is in a folder comes before it.
UNNEEDED = """{{ cookiecutter | removed | join("\n") }}""".splitlines()
KEYS = "{{ cookiecutter | chosen | selectattr('key_page') | map(attribute='key') | join(', ') }}"


def make_writable(paths: list[str]) -> None:
    """Give back the right to write, which a template folder without it has passed on."""
    for path in map(Path, paths):
        if path.is_file():
            path.chmod(path.stat().st_mode | 0o200)


def remove(paths: list[str]) -> None:
    """Remove these files, and those of these folders that are empty then."""
    for path in map(Path, paths):
        if not path.is_dir():
            path.unlink()
        elif not any(path.iterdir()):
            path.rmdir()


def next_steps(slug: str, keys: str) -> str:
    """What to type now, in letters that every console can show."""
    lines = [f"Your chat is in {slug}. Start it:", "", f"    cd {slug}", "    uv run streamlit run", ""]
    if keys:
        lines.append(f"It needs {keys}: README.md says where to put it.")
    return "\n".join([*lines, "Without uv, see README.md."])


if __name__ == "__main__":
    make_writable(READ_ONLY)
    remove(UNNEEDED)
    print(next_steps("{{ cookiecutter.project_slug }}", KEYS))
