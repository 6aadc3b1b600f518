"""The table of files: which of them some answers need and others do not; every other file is in every project."""

from typing import Any

from cookiecutter_streamlit_chat.conditions import counted, deployed, stored, visited
from cookiecutter_streamlit_chat.providers import chosen

DRAWN_IN_BLOCKS = {"chat/ui/growing.py", "tests/test_markdown.py"}
CONTAINED = {".dockerignore", "Dockerfile", "compose.yaml"}
RATED = {
    *("chat/feedback/__init__.py", "chat/feedback/__main__.py", "chat/ui/rating.py"),
    *("chat/feedback/replay.py", "chat/feedback/report.py", "tests/test_feedback.py", "tests/test_replay.py"),
}
ATTACHING = {
    *("chat/attachments/__init__.py", "chat/ui/attachments.py", "chat/attachments/images.py"),
    *("chat/attachments/reading.py", "chat/attachments/saving.py", "chat/attachments/sending.py"),
    "tests/test_attachments.py",
}
RICH = {
    *("chat/conversation/charts.py", "chat/conversation/parts.py", "chat/ui/rich.py"),
    *("chat/ui/markdown/fenced_blocks.py", "chat/ui/markdown/mathematics.py"),
    *("tests/test_mathematics.py", "tests/test_rich.py"),
}
IN_THREADS = {"chat/providers/threads.py"}
REMOTE = {
    *("chat/ui/models.py", "chat/providers/errors.py", "chat/providers/keys.py", "chat/replies/retries.py"),
    *("tests/test_errors.py", "tests/test_keys.py", "tests/test_retries.py"),
}
STORED = {
    *("chat/ui/conversation_list.py", "chat/ui/failures.py"),
    *("tests/test_conversation_list.py", "tests/test_database.py", "tests/test_listing.py"),
    *(f"chat/history/{name}.py" for name in ("__main__", "conversations", "engine", "listing", "tables")),
    "chat/history/migrations/env.py",
    *(f"chat/history/migrations/versions/conversations_{number}.py" for number in ("0001", "0002")),
}
SIGNED_IN = {"chat/ui/sign_in.py", "tests/test_sign_in.py"}

FILES = {
    "module": {
        "embedded": {"chat/providers/embedded.py", "chat/providers/llama.py", *IN_THREADS},
        "openai": {"chat/providers/openai.py", *REMOTE},
        "anthropic": {"chat/providers/anthropic.py", *REMOTE},
        "gemini": {"chat/providers/gemini.py", *REMOTE},
        "bedrock": {"chat/providers/bedrock.py", *IN_THREADS, *REMOTE},
        "openai_compatible": {"chat/providers/openai_compatible.py", *REMOTE},
    },
    "several": {"yes": {"chat/replies/fallback.py", "chat/providers/switch.py", "tests/test_fallback.py"}},
    "streaming": {
        "tokens": {"chat/ui/live.py", *DRAWN_IN_BLOCKS},
        "typewriter": {"chat/ui/typewriter.py", *DRAWN_IN_BLOCKS},
        "off": {"chat/ui/at_once.py"},
    },
    "avatars": {"images": {"assets/assistant.svg", "assets/user.svg"}},
    "attachments": {
        "images": ATTACHING,
        "images_and_documents": {
            *("chat/attachments/convert.py", "chat/attachments/documents.py", "tests/test_documents.py"),
            *ATTACHING,
        },
    },
    "feedback": {"thumbs": RATED, "stars": RATED, "faces": RATED},
    "history": {"session": {"chat/history/memory.py"}, "database": STORED},
    "sign_in": {"oidc": SIGNED_IN},
    "visitors": {"cookie": {"chat/ui/visitors.py"}},
    "stored_attachments": {
        "yes": {"chat/history/attachments.py", "chat/history/migrations/versions/attachments_0001.py"},
    },
    "uses": {
        "session": {"chat/ui/uses.py"},
        "database": {"chat/history/uses.py", "chat/history/migrations/versions/uses_0001.py"},
    },
    "deployment": {
        "docker": CONTAINED,
        "kubernetes": {
            *CONTAINED,
            *("kubernetes/autoscaler.yaml", "kubernetes/deployment.yaml", "kubernetes/disruptions.yaml"),
            *("kubernetes/ingress.yaml", "kubernetes/kustomization.yaml", "kubernetes/migration.yaml"),
            *("kubernetes/secret.example.yaml", "kubernetes/service.yaml"),
        },
    },
    "ci": {
        "github": {
            *(".github/dependabot.yml", ".github/workflows/tests.yml", ".pre-commit-config.yaml", "AGENTS.md"),
        },
    },
    "contained_database": {"yes": {".env.example", "chat/server/health.py", "tests/test_readiness.py"}},
    "ratings": {
        "session": {"chat/feedback/lines.py", "tests/test_lines.py"},
        "database": {
            *("chat/history/migrations/versions/ratings_0001.py", "chat/feedback/rows.py", "tests/test_rows.py"),
        },
        "oidc": {"chat/feedback/overview.py", "navigation.py", "ratings.py", "tests/test_overview.py"},
    },
    "rich_replies": {"yes": RICH, "no": {"chat/ui/plain.py"}},
}


def unneeded(answers: dict[str, Any]) -> set[str]:
    """The files that these answers do not need, by their paths in the project."""
    given = {
        **{name: {answers[name]} for name in FILES if name in answers},
        "module": {provider["module"] for provider in chosen(answers)},
        "several": {"yes"} if answers["extra_providers"] else set(),
        "visitors": {"cookie"} if visited(answers) else set(),
        "stored_attachments": {"yes"} if stored(answers) and answers["attachments"] != "none" else set(),
        "uses": {"database" if counted(answers) else "session"},
        "contained_database": {"yes"} if deployed(answers, "database") else set(),
        "ratings": {answers["history"], answers["sign_in"]} if answers["feedback"] != "none" else set(),
    }
    every = {file for by_answer in FILES.values() for files in by_answer.values() for file in files}
    needed = {file for name, by_answer in FILES.items() for answer in given[name] for file in by_answer.get(answer, ())}
    return every - needed
