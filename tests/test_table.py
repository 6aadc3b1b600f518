"""The table of providers: complete, current, and all that a new one needs."""

import json
import re
import shutil
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import get_args

import pytest
from anthropic.resources.messages import messages as anthropic_messages
from anthropic.types import Model as AnthropicModel
from openai.types.shared import chat_model
from test_bakes import VALUES
from test_providers import QUESTION, Driver

from conftest import PROVIDERS, QUESTIONS, ROOT, output, settings_of
from cookiecutter_streamlit_chat.conditions import LOCAL
from wire import TEXT, Wire

OPENAI_MODELS = set(get_args(chat_model.ChatModel))
ANTHROPIC_MODELS = set(get_args(get_args(AnthropicModel)[0]))


def test_the_table_is_complete() -> None:
    assert list(PROVIDERS) == QUESTIONS["llm_provider"]
    assert len({frozenset(facts) for facts in PROVIDERS.values()}) == 1
    for name, values in VALUES.items():
        assert tuple(QUESTIONS[name]) == values
        assert QUESTIONS["__prompts__"][name].keys() == {"__prompt__", *values}


@pytest.mark.parametrize("name", PROVIDERS)
def test_an_entry_holds_together(name: str) -> None:
    facts = PROVIDERS[name]
    assert facts["prices"].keys() <= set(facts["models"])
    assert bool(facts["prices"]) == bool(facts["prices_source"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", facts["checked"])
    assert 0 < facts["max_tokens"] < facts["context_tokens"]
    assert facts["context_tokens"] >= 2048
    for pattern in facts["text_models"]:
        assert any(fnmatch(model, pattern) for model in facts["models"])
    for address in (facts["source"], facts["key_page"], facts["prices_source"]):
        assert address == "" or address.startswith("https://")
    if facts["module"] not in LOCAL:
        assert facts["models"][0] == facts["model"]
        assert facts["key"] in QUESTIONS["__prompts__"]["llm_provider"][name] or not facts["key_page"]
        assert facts["base_url"] or facts["base_url_example"] or name == "bedrock"
    if facts["module"] == "openai_compatible":
        assert facts["max_tokens_field"] in {"max_tokens", "max_completion_tokens"}


def test_the_ids_are_those_that_the_sdks_know() -> None:
    deprecated = set(
        re.findall(r'"([\w.-]+)"', Path(chat_model.__file__).read_text("utf-8").split("Deprecated values")[1])
    )
    assert "gpt-5.1" in deprecated  # the list was found
    assert set(PROVIDERS["openai"]["models"]) <= OPENAI_MODELS - deprecated
    current = ANTHROPIC_MODELS - anthropic_messages.DEPRECATED_MODELS.keys()
    assert set(PROVIDERS["anthropic"]["models"]) <= current
    resold = {
        re.sub(r".*anthropic[./]", "", model).replace(".", "-")
        for name in ("bedrock", "openrouter")
        for model in PROVIDERS[name]["models"]
        if "anthropic" in model
    }
    assert resold
    assert resold <= current


def test_one_more_provider_is_one_more_entry(tmp_path: Path) -> None:
    template = tmp_path / "template"
    shutil.copytree(ROOT, template, ignore=shutil.ignore_patterns(".*", "__pycache__", "bench", "docs", "tests"))
    shutil.copytree(
        ROOT / "{{cookiecutter.project_slug}}", template / "{{cookiecutter.project_slug}}", dirs_exist_ok=True
    )
    one_more = {**PROVIDERS["together"], "label": "One More", "key": "ONE_MORE_API_KEY", "model": "one-1"}
    one_more |= {"models": ["one-1"], "prices": {}, "base_url_setting": "ONE_MORE_BASE_URL"}
    questions = {**QUESTIONS, "llm_provider": [*QUESTIONS["llm_provider"], "one_more"]}
    (template / "cookiecutter.json").write_text(json.dumps(questions), "utf-8")
    table = template / "cookiecutter_streamlit_chat" / "providers.json"
    table.write_text(json.dumps({**PROVIDERS, "one_more": one_more}), "utf-8")
    for answers in (["llm_provider=one_more"], ["llm_provider=openai", "extra_providers=one_more"]):
        out = tmp_path / answers[0]
        command = [sys.executable, "-m", "cookiecutter", template, "--no-input", "--output-dir", out, *answers]
        output(*command, cwd=tmp_path)
    settings = settings_of(tmp_path / "llm_provider=openai" / "my-chat")
    assert settings["PROVIDERS"]["one_more"]["label"] == "One More"
    with Wire() as wire:
        settings = {"ONE_MORE_API_KEY": "any", "ONE_MORE_BASE_URL": wire.base_url("chat")}
        driver = Driver(tmp_path / "llm_provider=one_more" / "my-chat", **settings)
        assert driver.ask(QUESTION)["text"] == TEXT
        driver.close()
