"""The commands that give, in a terminal, the project that the page shows."""

import os
import shlex

import yaml

from configurator.baking import Bake

# Where cookiecutter finds the template; README.md says the same.
TEMPLATE = os.environ.get("CONFIGURATOR_TEMPLATE", "gh:OWNER/cookiecutter-streamlit-chat")
COOKIECUTTER = shlex.join(["uvx", "cookiecutter", TEMPLATE])


def command(bake: Bake) -> str:
    """The command with every answer that is not the default, for any POSIX shell."""
    # Of the default configuration: else the defaults would be those of whoever runs it.
    lines = [COOKIECUTTER, "--no-input --default-config"]
    return " \\\n  ".join(lines + [shlex.quote(f"{name}={value}") for name, value in bake.given.items()])


def answers_file(bake: Bake) -> str:
    """The same answers as a configuration file of cookiecutter."""
    return yaml.safe_dump({"default_context": bake.given}, allow_unicode=True, sort_keys=False)


def command_with_file(bake: Bake) -> str:
    """The command that reads that file, for any shell; its name is `<slug>.yaml`."""
    return f"{COOKIECUTTER} --no-input --config-file {bake.slug}.yaml"
