"""Removes from the new project what was not chosen, and says what to do next."""

import json
from pathlib import Path

DRAWN_IN_BLOCKS = {"chat/markdown.py", "tests/test_markdown.py"}
RATED = {"chat/feedback.py", "tests/test_feedback.py"}
RICH = {
    *("chat/charts.py", "chat/figures.py", "chat/mathematics.py", "chat/parts.py", "chat/rich.py"),
    *("tests/test_mathematics.py", "tests/test_rich.py"),
}
IN_THREADS = {"chat/providers/threads.py"}
REMOTE = {
    *("chat/models.py", "chat/providers/errors.py", "chat/providers/keys.py", "chat/retries.py"),
    *("tests/test_errors.py", "tests/test_keys.py", "tests/test_retries.py"),
}

# The files that some answers need and others do not; every other file is in every project.
FILES = {
    "module": {
        "embedded": {"chat/providers/embedded.py", "chat/providers/llama.py", *IN_THREADS},
        "openai": {"chat/providers/openai.py", *REMOTE},
        "anthropic": {"chat/providers/anthropic.py", *REMOTE},
        "gemini": {"chat/providers/gemini.py", *REMOTE},
        "bedrock": {"chat/providers/bedrock.py", *IN_THREADS, *REMOTE},
        "openai_compatible": {"chat/providers/openai_compatible.py", *REMOTE},
    },
    "several": {"yes": {"chat/fallback.py", "chat/providers/switch.py", "tests/test_fallback.py"}},
    "streaming": {
        "tokens": {"chat/live.py", *DRAWN_IN_BLOCKS},
        "typewriter": {"chat/typewriter.py", *DRAWN_IN_BLOCKS},
        "off": {"chat/at_once.py"},
    },
    "avatars": {"images": {"assets/assistant.svg", "assets/user.svg"}},
    "feedback": {"thumbs": RATED, "stars": RATED, "faces": RATED},
    "rich_replies": {"yes": RICH, "no": {"chat/plain.py"}},
}


def prune(answers: dict[str, set[str]]) -> None:
    """Remove, below the current folder, every file and folder that these answers do not need."""
    every = {file for by_answer in FILES.values() for files in by_answer.values() for file in files}
    chosen = {
        file for name, by_answer in FILES.items() for answer in answers[name] for file in by_answer.get(answer, ())
    }
    for file in map(Path, every - chosen):
        file.unlink()
        if not any(file.parent.iterdir()):
            file.parent.rmdir()


def next_steps(slug: str, keys: list[str]) -> str:
    """What to type now, in letters that every console can show."""
    lines = [f"Your chat is in {slug}. Start it:", "", f"    cd {slug}", "    uv run streamlit run", ""]
    if keys:
        lines.append(f"It needs {', '.join(keys)}: README.md says where to put it.")
    return "\n".join([*lines, "Without uv, see README.md."])


if __name__ == "__main__":
    answers = json.loads(r"""{{ cookiecutter | tojson }}""")
    providers = json.loads(r"""{{ cookiecutter | chosen | tojson }}""")
    prune(
        {
            **{name: {answers[name]} for name in FILES if name in answers},
            "module": {provider["module"] for provider in providers},
            "several": {"yes"} if answers["extra_providers"] else set(),
        }
    )
    print(next_steps(answers["project_slug"], [provider["key"] for provider in providers if provider["key_page"]]))
