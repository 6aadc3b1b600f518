"""A process that bakes one project at a time: each request and each response is a line of JSON.

Cookiecutter changes the working directory and leaves each hook's file behind, so it gets a process and a folder of its
own. The process serves many bakes, because importing cookiecutter is slow.
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

sys.path.append(str(ROOT / STARTER))  # cookiecutter looks for its extension there, and stays in this process

MOST_COMPILED = 1000  # some megabytes; a bake has 300
compile_anew = StrictEnvironment.compile
compiled: dict[tuple[str | None, ...], CodeType] = {}


def compile_once(environment: StrictEnvironment, source: str, *names: str | None) -> CodeType:
    """Compile the same lines only once for all bakes: compiling takes half of a bake's time.

    Args:
        environment: that of a bake, whose answers decide which lines are kept.
        source: a template's text, with its conditional lines.
        names: the template's name, and its file's.
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
        answers: the given answers; the others get their defaults.
        folder: an empty folder for everything that is created.
        directory: the template's folder in the repository; empty for the one at the top.

    Returns:
        `project`, its path in the folder, with all `answers` and `defaults`; or `refused`, the template's sentence; or
        `failed`, if other answers would not help.
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
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C also reaches the page, which closes the pipe
    StrictEnvironment.compile = compile_once
    responses = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # hooks print the next steps
    for line in sys.stdin:
        print(json.dumps(bake(**json.loads(line))), file=responses, flush=True)


if __name__ == "__main__":
    main()
