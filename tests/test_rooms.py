"""Imports run one way, from room to room, and only code that draws imports Streamlit."""

import os
from pathlib import Path

import pytest

from conftest import Bake, output, tool

# Each may import those below it. A room that some answers do not need stands in brackets.
ROOMS = ("ui", "server", "(feedback)", "history", "replies", "(tools)", "providers", "log", "conversation", "settings")
CONTRACTS = """
[importlinter]
root_package = chat
include_external_packages = True

[importlinter:contract:rooms]
name = Imports run one way from room to room
type = layers
containers = chat
layers =
    {rooms}

[importlinter:contract:modules]
name = No modules of a room import each other in a circle
type = acyclic_siblings
ancestors =
    chat
    chat.conversation
    chat.providers
    chat.replies
    chat.history
    chat.ui

[importlinter:contract:streamlit]
name = Only what draws imports Streamlit
type = forbidden
source_modules =
    chat.conversation
    chat.providers
    chat.replies
    chat.history
forbidden_modules =
    streamlit
allow_indirect_imports = True
"""
LARGEST = {
    **{"llm_provider": "anthropic", "extra_providers": "openai, gemini, bedrock, custom, embedded, mistral"},
    **{"history": "database", "sign_in": "oidc", "attachments": "images_and_documents", "deployment": "kubernetes"},
    **{"telemetry": "opentelemetry"},
    **{"personas": "several", "tools": "mcp"},
}
SMALLEST = {"llm_provider": "openai", "streaming": "off", "avatars": "none", "feedback": "none", "rich_replies": "no"}


@pytest.mark.parametrize("answers", [LARGEST, SMALLEST, {}, {"sign_in": "oidc"}, {"history": "database"}])
def test_imports_run_one_way(bake: Bake, answers: dict[str, str], tmp_path: Path) -> None:
    contracts = tmp_path / "contracts.ini"
    contracts.write_text(CONTRACTS.format(rooms="\n    ".join(ROOMS)), "utf-8")
    env = {**os.environ, "PYTHONPATH": str(bake(**answers))}
    output(tool("lint-imports"), "--no-cache", contracts, cwd=tmp_path, env=env)
