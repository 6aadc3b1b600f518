"""The starter's Jinja extension: the large template's rules and filters, with the starter's questions.

Versions of cookiecutter before 2 cannot find it, and print its name.
"""

import re
import sys
from pathlib import Path
from typing import Any

from jinja2 import Environment

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent))
from cookiecutter_streamlit_chat.commands import bake_command, cookiecutter_command  # noqa: E402
from cookiecutter_streamlit_chat.extension import Answers, command_line, defaults  # noqa: E402
from cookiecutter_streamlit_chat.files import Table, given, served  # noqa: E402
from cookiecutter_streamlit_chat.providers import PROVIDERS, chosen  # noqa: E402
from cookiecutter_streamlit_chat.questions import ROOT  # noqa: E402

PROVIDER = "provider.py"
MODULES = sorted({provider["module"] for provider in PROVIDERS.values()})


class StarterAnswers(Answers):
    """The large template's filters and tests, and two more filters: `license_text` and `the_whole_app`."""

    template = HERE
    table = Table(
        [*((served(module), f"provider_{module}.py") for module in MODULES), (given("avatars", "images"), "assets/")]
    )

    def __init__(self, environment: Environment) -> None:
        """Register the filters and the tests."""
        super().__init__(environment)
        environment.filters.update(license_text=self.license_text, the_whole_app=self.the_whole_app)

    def project_folder(self, answers: dict[str, Any]) -> str:
        """The name of the project's folder; without hooks, provider.py gets its name here."""
        folder = super().project_folder(answers)
        if self.answers and command_line().get("accept_hooks") == "no":
            self.names[f"provider_{chosen(answers)[0]['module']}.py"] = PROVIDER
        return folder

    def leave_alone(self) -> None:
        """Keep existing files in the project's folder; with --skip-if-file-exists, provider.py too."""
        super().leave_alone()
        if command_line().get("skip_if_file_exists") and (self.project / PROVIDER).exists():
            self.answers.setdefault("_there", []).append(PROVIDER)

    def license_text(self, answers: dict[str, Any]) -> str:
        """The text of the licence: Jinja cannot include files from outside the template."""
        text = (ROOT / "templates" / "licenses" / answers["license"]).read_text("utf-8")
        return self.rendered(text).render(cookiecutter=answers).rstrip()

    def the_whole_app(self, answers: dict[str, Any]) -> str:
        """The command that bakes the large app with the same answers, as a fenced code block."""
        usual = defaults(self.environment, self.questions, answers)
        given = {name: answers[name] for name, default in usual.items() if answers[name] != default}
        command = bake_command(cookiecutter_command(), given)
        fence = "`" * max(3, 1 + max(map(len, re.findall("`+", command)), default=0))
        return f"{fence}sh\n{command}\n{fence}"
