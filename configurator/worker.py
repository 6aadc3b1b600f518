"""A process that bakes, one after the other: each request and each response is a line of JSON.

Cookiecutter changes the working directory, and leaves the file of each hook behind: so it gets a process and a
folder for such things. Started once, it need not be imported for every bake.
"""

import json
import os
import signal
import sys
import tempfile
import traceback
from pathlib import Path
from types import CodeType
from typing import Any

from cookiecutter.environment import StrictEnvironment
from cookiecutter.exceptions import FailedHookException
from cookiecutter.main import cookiecutter
from cookiecutter.utils import create_env_with_context

from cookiecutter_streamlit_chat.extension import defaults
from cookiecutter_streamlit_chat.questions import ROOT, STARTER, questions_of

sys.path.append(str(ROOT / STARTER))  # its extension is looked for there, also where cookiecutter is done

MOST_COMPILED = 1000  # which is some megabytes; a bake has 300
compile_anew = StrictEnvironment.compile
compiled: dict[tuple[str | None, ...], CodeType] = {}


def compile_once(environment: StrictEnvironment, source: str, *names: str | None) -> CodeType:
    """Let bakes share what Jinja makes of the same lines, which takes half of the time of each.

    Args:
        environment: that of a bake; of its answers, which lines are kept depends on them.
        source: of a template, with the lines that carry a condition.
        names: of the template, and of its file.
    """
    lines = environment.preprocess(source, *(names or (None,)))
    key = (environment.block_start_string, lines, *names)
    if key not in compiled:
        if len(compiled) == MOST_COMPILED:
            compiled.clear()
        compiled[key] = compile_anew(environment, source, *names)
    return compiled[key]


def bake(answers: dict[str, str], folder: str, directory: str) -> dict[str, Any]:
    """Bake into a folder.

    Args:
        answers: those that are given; the others have their defaults.
        folder: an empty one. Whatever comes into being is in it.
        directory: the folder of the template in the repository; empty for the one at its top.

    Returns:
        `project`, the path of the project in the folder, `answers`, all of them, and `defaults`; or `refused`, the
        template's sentence; or `failed`, where something is wrong that no other answer would mend.
    """
    tempfile.tempdir = folder
    template = ROOT / directory
    replay = Path(folder, "replay")
    config = {"replay_dir": str(replay), "cookiecutters_dir": folder}
    try:
        project = cookiecutter(
            str(template), no_input=True, extra_context=answers, output_dir=f"{folder}/project", default_config=config
        )
        (file,) = replay.iterdir()
        complete = json.loads(file.read_text("utf-8"))["cookiecutter"]
        asked = defaults(create_env_with_context({"cookiecutter": complete}), questions_of(template), complete)
    except FailedHookException as error:
        return {"refused": str(error)}
    except Exception:
        traceback.print_exc()
        return {"failed": True}
    return {"project": project, "answers": {name: complete[name] for name in asked}, "defaults": asked}


def main() -> None:
    """Serve until the other side closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches the page too, which then closes the pipe
    StrictEnvironment.compile = compile_once
    responses = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # hooks print what to do next
    for line in sys.stdin:
        print(json.dumps(bake(**json.loads(line))), file=responses, flush=True)


if __name__ == "__main__":
    main()
