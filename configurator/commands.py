"""The commands that bake the page's project in a terminal."""

import os

import yaml

from configurator.baking import Bake
from cookiecutter_streamlit_chat.commands import TEMPLATE, bake_command, cookiecutter_command

REPOSITORY = os.environ.get("CONFIGURATOR_TEMPLATE", TEMPLATE)
COOKIECUTTER = cookiecutter_command(REPOSITORY)


def command(bake: Bake) -> str:
    """The command with every answer that differs from the default, for any POSIX shell."""
    return bake_command(cookiecutter_command(REPOSITORY, bake.directory), bake.given)


def answers_file(bake: Bake) -> str:
    """The same answers as a cookiecutter configuration file."""
    return yaml.safe_dump({"default_context": bake.given}, allow_unicode=True, sort_keys=False)


def command_with_file(bake: Bake) -> str:
    """The command that reads that file, for any shell; its name is `<slug>.yaml`."""
    return f"{cookiecutter_command(REPOSITORY, bake.directory)} --no-input --config-file {bake.slug}.yaml"
