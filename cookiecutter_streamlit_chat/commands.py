"""The command that bakes a project."""

import shlex

TEMPLATE = "gh:OWNER/cookiecutter-streamlit-chat"


def cookiecutter_command(template: str = TEMPLATE, directory: str = "") -> str:
    """The command without answers, for any POSIX shell.

    Args:
        template: where cookiecutter finds the repository.
        directory: a template's folder in it; empty for the one at the top.
    """
    return shlex.join(["uvx", "cookiecutter", template, *(["--directory", directory] if directory else [])])


def bake_command(command: str, given: dict[str, str]) -> str:
    """That command with every answer that differs from the default."""
    # Without --default-config, the user's own configuration would change the defaults.
    lines = [command, "--no-input --default-config"]
    return " \\\n  ".join(lines + [shlex.quote(f"{name}={value}") for name, value in given.items()])
