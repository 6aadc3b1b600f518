"""Removes what the answers do not need from the new project, and prints the next steps."""

from pathlib import Path

READ_ONLY = """{{ cookiecutter | read_only | join("\n") }}""".splitlines()
# By the table in cookiecutter_streamlit_chat/files.py; nothing that existed before the bake is included. A folder comes
# after its contents.
UNNEEDED = """{{ cookiecutter | removed | join("\n") }}""".splitlines()
KEYS = "{{ cookiecutter | chosen | selectattr('key_page') | map(attribute='key') | join(', ') }}"


def make_writable(paths: list[str]) -> None:
    """Make these files writable: a read-only template passes its permissions on."""
    for path in map(Path, paths):
        if path.is_file():
            path.chmod(path.stat().st_mode | 0o200)


def remove(paths: list[str]) -> None:
    """Remove these files, and the folders that become empty."""
    for path in map(Path, paths):
        if not path.is_dir():
            path.unlink()
        elif not any(path.iterdir()):
            path.rmdir()


def next_steps(slug: str, keys: str) -> str:
    """What to type next, in ASCII, which every console can show."""
    lines = [f"Your chat is in {slug}. Start it:", "", f"    cd {slug}", "    uv run streamlit run", ""]
    if keys:
        lines.append(f"It needs {keys}: README.md says where to put it.")
    return "\n".join([*lines, "Without uv, see README.md."])


if __name__ == "__main__":
    make_writable(READ_ONLY)
    remove(UNNEEDED)
    print(next_steps("{{ cookiecutter.project_slug }}", KEYS))
