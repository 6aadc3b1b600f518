"""A page for each provider, from the facts in providers.json."""

import ast
import re
import sys
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from configurator.commands import COOKIECUTTER
from configurator.projects import installed
from cookiecutter_streamlit_chat.conditions import LOCAL
from cookiecutter_streamlit_chat.providers import PROVIDERS
from cookiecutter_streamlit_chat.questions import ROOT
from documentation.options import baked, requirements_of

sys.path.insert(0, str(ROOT / "tests"))
quirks = import_module("wire.quirks")
SOURCES = "../../{{cookiecutter.project_slug}}/chat/providers"


def code(names: list[str]) -> str:
    """Names as code, separated by commas."""
    return ", ".join(f"`{name}`" for name in names)


def key(facts: dict[str, Any]) -> str:
    """The name of the key, and where to get it."""
    if not facts["key"]:
        return "none"
    return f"`{facts['key']}`, " + (f"from {facts['key_page']}" if facts["key_page"] else "if it needs one")


def address(facts: dict[str, Any]) -> str:
    """The setting for another address, and the default."""
    if not facts["base_url_setting"]:
        return "none: it uses no network"
    if facts["base_url_example"]:
        return f"`{facts['base_url_setting']}`, required, like `{facts['base_url_example']}`"
    usual = f"`{facts['base_url']}`" if facts["base_url"] else "its own"
    return f"`{facts['base_url_setting']}`; without it {usual}"


def images(facts: dict[str, Any]) -> str:
    """How many images a request may have, with `attachments`."""
    if not facts["most_images"]:
        return "none: the model does not accept images"
    blind = f"; {code(facts['text_models'])} are text-only" if facts["text_models"] else ""
    return f"at most {facts['most_images']} per request{blind}"


def installs(name: str) -> str:
    """What is installed for a provider besides what every app needs."""
    common = [line for line in requirements_of(baked()) if not line.startswith("openai")]
    own = [line for line in requirements_of(baked(llm_provider=name)) if line not in common]
    if not own:
        return "nothing"
    more = installed(common + own) - installed(common)
    return f"{code([re.split(r'[<>=]', line)[0] for line in own])} ({more / 1e6:.0f} MB)"


def first_message(name: str) -> str:
    """The commands up to the first reply."""
    facts = PROVIDERS[name]
    begin = f"{COOKIECUTTER} --no-input llm_provider={name}\ncd my-chat\n"
    start = "```sh\nuv run streamlit run\n```\n\nopens the chat in the browser: type a question and press Enter."
    if facts["module"] in LOCAL:
        return f"```sh\n{begin}uv run streamlit run\n```\n\nThat is all: the chat opens in the browser."
    wanted = [facts["key"]] if facts["key_page"] else []
    wanted += [facts["base_url_setting"]] if facts["base_url_example"] else []
    before = f"ollama pull {facts['model']}\n" if name == "ollama" else ""
    if not wanted:
        return f"```sh\n{before}{begin}uv run streamlit run\n```\n\nopens the chat in the browser: type a question."
    settings = " and ".join(f"`{setting}`" for setting in wanted)
    return (
        f"```sh\n{begin}cp .streamlit/secrets.toml.example .streamlit/secrets.toml\n```\n\n"
        f"Put {settings} into `.streamlit/secrets.toml`, which git ignores (or "
        f"set an environment variable of the same name). Then\n\n{start}"
    )


def cost(facts: dict[str, Any]) -> str:
    """The prices in the table, with their source and date."""
    if not facts["prices"]:
        if facts["module"] == "embedded":
            return "Nothing: it runs on your machine."
        if facts["module"] == "custom":
            return "Whatever your code spends. The tokens it reports (`Chunk(usage=…)`) are counted and shown."
        return "The table has no prices, so the app shows tokens but no cost."
    rows = "\n".join(f"| `{model}` | {price[0]:g} | {price[1]:g} |" for model, price in facts["prices"].items())
    return (
        f"US dollars per million tokens, read on {facts['checked']} from {facts['prices_source']}. **Details** under "
        "a reply shows its cost at these prices; the provider's bill decides.\n\n"
        f"| model | input | output |\n|---|--:|--:|\n{rows}"
    )


def text(name: str) -> str:
    """The generated part of a provider's page."""
    facts = PROVIDERS[name]
    models = code(facts["models"] or [facts["model"]])
    offered = "these" if name == "bedrock" else "the provider's models"
    choice = "" if name == "embedded" else f"; the sidebar offers {offered} and accepts any other id"
    rows = {
        "answer": f"`llm_provider={name}`, or one of the names in `extra_providers`",
        "key": key(facts),
        "another address": address(facts),
        "models": models + choice,
        "context": f"{facts['context_tokens']:,} tokens; the oldest turns of a longer conversation are left out",
        "reply": f"at most {facts['max_tokens']:,} tokens, unless changed in the sidebar",
        "temperature": "set in the sidebar" if facts["takes_temperature"] else "fixed by the model",
        "images": images(facts),
        "module": f"[`chat/providers/{facts['module']}.py`](<{SOURCES}/{facts['module']}.py>)",
        "installed for it": installs(name),
        "checked": f"{facts['checked']}, at {facts['source']}",
    }
    if name == "custom":
        rows = {what: rows[what] for what in ("answer", "key", "module", "installed for it")}
    table = "\n".join(f"| {what} | {fact} |" for what, fact in rows.items())
    return f"""# {facts["label"]}

| | |
|---|---|
{table}

## The first message

{first_message(name)}

## What it costs

{cost(facts)}{failures(name)}"""


def sentences(name: str) -> dict[str, str]:
    """What a provider's app says for each kind of failure, with placeholders."""
    said: dict[str, str] = {}
    for module in ("chat/providers/__init__.py", "chat/providers/errors.py"):
        for node in ast.walk(ast.parse(baked(llm_provider=name).files[module])):
            told = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in {"SENTENCES", "TOLD"}
            if told and isinstance(node.value, ast.Dict):
                pairs = zip(node.value.keys, node.value.values, strict=True)
                said |= {ast.literal_eval(kind): ast.literal_eval(text) for kind, text in pairs if kind}
    return said


def failures(name: str) -> str:
    """What may go wrong, and what the page says then, from the tests' table of quirks."""
    facts = PROVIDERS[name]
    wire_format = name if name in quirks.FORMATS else "chat"
    if facts["module"] in LOCAL:
        return ""
    address = f"`{facts['base_url_setting']}`"
    if looks := facts["base_url"] or facts["base_url_example"]:
        address += f", which looks like `{looks}`"
    happens: dict[str, list[str]] = {}
    for quirk in quirks.FAILED:
        if wire_format in quirk.raw and not quirk.happens.startswith("The same"):
            happens.setdefault(quirk.kind or "", []).append(quirk.happens)
    rows = []
    for kind, when in happens.items():
        said = sentences(name)[kind].format(
            provider=SimpleNamespace(**facts), key=f"`{facts['key']}`", address=address, wait="a minute"
        )
        tried = max(quirk.requests for quirk in quirks.FAILED if quirk.kind == kind and wire_format in quirk.raw)
        rows.append(f"| {said} | {'; '.join(dict.fromkeys(when))} | {tried} |")
    return (
        "\n\n## When it fails\n\nThe text so far is kept, and **Details** under the reply shows the provider's message."
        " The page says when the app retries.\n\n| the page says | when | attempts |\n|---|---|--:|\n" + "\n".join(rows)
    )


def overview() -> str:
    """The generated part of docs/providers.md."""
    rows = [
        f"| [`{name}`](providers/{name}.md) | {facts['label']} | `{facts['module']}` | {key_name(facts)} "
        f"| `{facts['model']}` |"
        for name, facts in PROVIDERS.items()
    ]
    return "| provider | | module | key | first model |\n|---|---|---|---|---|\n" + "\n".join(rows)


def key_name(facts: dict[str, Any]) -> str:
    """The name of the key, and whether it is needed."""
    if not facts["key"]:
        return "none"
    return f"`{facts['key']}`" if facts["key_page"] else f"`{facts['key']}`, if it needs one"
