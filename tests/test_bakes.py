"""Bakes: for every answer exactly what it needs, clean and working."""

import ast
import re
import tomllib
from collections import defaultdict
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from conftest import PROVIDERS, QUESTIONS, ROOT, TEMPLATE, Bake, output, tool
from cookiecutter_streamlit_chat.files import TABLE, files_of
from cookiecutter_streamlit_chat.questions import ASKED

# The first answer to each question is its default.
VALUES = {name: tuple(values) for name, values in QUESTIONS.items() if isinstance(values, list) and name in ASKED}
DEFAULTS = {name: values[0] for name, values in VALUES.items()} | {"extra_providers": ""}
SEVERAL = [
    {"llm_provider": "openai", "history": "database", "sign_in": "oidc"},
    {"llm_provider": "openai", "history": "database", "feedback": "none", "streaming": "off"},
    {
        **{"llm_provider": "openai", "streaming": "off", "avatars": "none", "feedback": "none"},
        **{"deployment": "docker", "license": "Proprietary"},
    },
    {"llm_provider": "anthropic", "streaming": "typewriter", "avatars": "images", "feedback": "stars"},
    {"llm_provider": "embedded", "extra_providers": "bedrock, mistral", "attachments": "images"},
    {
        "llm_provider": "azure_openai",
        "extra_providers": "deepseek, gemini",
        "streaming": "off",
        "attachments": "images_and_documents",
    },
]


OWN_MODULE = ("embedded", "custom", "openai", "anthropic", "gemini", "bedrock")
SDKS = {
    "embedded": "xllamacpp",
    "custom": "",
    "openai": "openai",
    "anthropic": "anthropic",
    "gemini": "google-genai",
    "bedrock": "boto3 botocore",
    "openai_compatible": "openai",
}
# Words that only this answer may bring into a project.
TRACES = {
    ("streaming", "tokens"): r"shimmer\[Thinking|as it is written",
    ("streaming", "typewriter"): r"typewriter|word by word|word_by_word",
    ("streaming", "off"): r"appears as a whole",
    ("personas", "one"): r"(?-i:\bSUGGESTIONS\b)",
    ("personas", "several"): r"\bpersonas?\b|\btutor\b",
    ("avatars", "material"): r"material/(person|smart_toy)",
    ("avatars", "emoji"): r"🧑|🤖",
    ("avatars", "images"): r"assets|\.svg|pictures",
    ("feedback", "thumbs"): r"thumbs|\bup\b.*\bdown\b",
    ("feedback", "stars"): r"\bstars?\b",
    ("feedback", "faces"): r"\bfaces?\b",
    ("history", "session"): r"hold_(minutes|conversations)|feedback\.jsonl",
    ("history", "database"): r"database|sqlite|postgres|sql|alembic|psycopg|visitor",
    ("sign_in", "oidc"): (
        r"(?<!for )(?<!\()sign(s|ed|ing)?[- ](in|out)\b|openid|\bst\.(login|logout|user)|\[auth\]|admin|"
        r"ALLOWED_(DOMAINS|ADDRESSES)"
    ),
    ("deployment", "kubernetes"): r"kube|kustom|ingress|replica|cluster",
    ("telemetry", "opentelemetry"): r"telemetry|\botel|otlp|\btraces?\b|trace_|phoenix|langfuse",
    ("ci", "github"): r"\.github/|workflow|pre-commit|dependabot|agents\.md|coding agents?",
    (
        "attachments",
        "images_and_documents",
    ): r"markitdown|openpyxl|docx|pptx|\ba document\b|attachments/(convert|documents)",
    ("rich_replies", "yes"): (r"(?<!st)vega|altair|\bcharts?\b|mathematic|diagrams\b|conversation\.visuals|fenced_b"),
    ("tools", "mcp"): r"\bmcp\b|model context protocol|(?-i:\bSERVERS\b)",
    ("license", "MIT"): r"MIT License|\bMIT\b",
    ("license", "Apache-2.0"): r"Apache License|Apache-2",
    ("license", "BSD-3-Clause"): r"BSD",
    ("license", "Proprietary"): r"proprietary|all rights reserved\.",
}
PROVIDER_TRACES = {
    "embedded": r"embedded|xllamacpp|smol|gguf|avx2|libgomp|tiny",
    "custom": r"my_reply|providers.custom\b|docs/recipes|langgraph|your own (python|code)",
    "openai": r"(?<![A-Z_])OPENAI_(API_KEY|BASE_URL)|gpt-6|Responses API|providers.openai\b|api\.openai\.com",
    "anthropic": r"anthropic|claude",
    "gemini": r"gemini|google(?!\"|\.com|, Microsoft)|(?<!conventions-)genai",
    "bedrock": r"bedrock|boto|\baws|amazon|converse",
    "azure_openai": r"azure",
    "ollama": r"ollama",
    "openrouter": r"openrouter",
    "groq": r"groq",
    "mistral": r"mistral",
    "cohere": r"cohere\b|command-a",
    "deepseek": r"deepseek",
    "xai": r"\bxai\b|grok|x\.ai",
    "together": r"TOGETHER_|together[. ](ai|xyz)",
    "huggingface": r"hugging ?face|\bHF_",
    "openai_compatible": r"OPENAI_COMPATIBLE_|vllm|lm studio|your model server",
}
MODULE_TRACES = {
    "openai": r"providers.openai\b|(?<!starlette)\.responses\b",
    "openai_compatible": r"openai_compatible|\.chat\.completions",
}
SDK_TRACES = {"openai": r"import openai|openai import|AsyncOpenAI"}
RECIPES = "docs/recipes.md"  # for somebody's own code, which may use any SDK
NO_TOOLS = r"ToolCall|tool_rounds|chat[./]tools|call tools|approval|pydantic(?![-_]ai)"
NO_ATTACHMENTS = r"attachments?\b|most_images|max_upload_size"
PYTHON = re.compile(r"^```python\n.*?^```$", re.MULTILINE | re.DOTALL)
# What GitHub fills in: `${{ … }}`.
GITHUBS = re.compile(r"\$\{\{.*?\}\}")
NO_IMAGES = r"pillow|\bPIL\b"
NO_AVATARS = r"avatar"
NO_FEEDBACK = r"(?<!prompt_)feedback|\brat(e|ed|ing|ings)\b|a comment\b|(?<!\()\.comment\b"
NO_BLOCKS = r"chat\.ui\.growing|finished_blocks|open_markdown"
NO_KEYS = r"api_key\(|retries|KINDS_BY"
NO_CONTAINER = r"docker|compose\.yaml|a container|readyz"
NO_CONTAINED_DATABASE = r"(?<!\w)\.env\b|postgres_"
NO_SWITCHING = r"fallback(?!=str)|switch(?!_page\()|(?-i:PROVIDERS\b)|another one answer"


def providers_of(answers: dict[str, str]) -> list[str]:
    """The names of the providers that were chosen."""
    return [answers["llm_provider"], *filter(None, answers.get("extra_providers", "").split(", "))]


def modules_of(answers: dict[str, str]) -> set[str]:
    """The names of the modules that serve them."""
    return {name if name in OWN_MODULE else "openai_compatible" for name in providers_of(answers)}


def unneeded(answers: dict[str, str]) -> set[str]:
    """Which files of the template these answers do not need, by the table that the hook prunes by."""
    return TABLE.unneeded(files_of(TEMPLATE), {"model": "any", **answers})


def expected_files(answers: dict[str, str]) -> set[str]:
    """The exact files of a bake; docs/options.md has what each answer brings, as it was baked."""
    return {TABLE.place(file) for file in files_of(TEMPLATE) - unneeded(answers)}


def absent(answers: dict[str, str]) -> list[str]:
    """Patterns of the files that a bake does not have: their paths, and the modules that they are."""
    paths = [file for file in unneeded(answers) if not file.endswith("__main__.py")]
    modules = [re.sub(r"(/__init__)?\.py$", "", file).split("/") for file in paths if file.startswith("chat/")]
    imports = [rf"\b{'.'.join(folders)}(\.| import ){name}\b" for *folders, name in modules]
    return [*(rf"(?<![\w/]){re.escape(path)}" for path in paths), *imports]


def expected_dependencies(answers: dict[str, str]) -> set[str]:
    """The exact dependencies of a bake: one SDK for each wire format."""
    stored = {"alembic", "psycopg", "sqlalchemy"} if answers["history"] == "database" else set()
    overview = {"pandas"} if answers["sign_in"] == "oidc" and answers["feedback"] != "none" else set()
    documents = {"pillow", "markitdown", "openpyxl", "charset-normalizer"}
    attachments = {"none": set(), "images": {"pillow"}, "images_and_documents": documents}
    sdks = {sdk for module in modules_of(answers) for sdk in SDKS[module].split()}
    rich = {"altair", "jsonschema", "pillow"} if answers["rich_replies"] == "yes" else set()
    tools = {"none": set(), "functions": {"pydantic"}, "mcp": {"mcp", "pydantic"}}[answers["tools"]]
    tracing = {"opentelemetry-exporter-otlp-proto-http", "opentelemetry-sdk"}
    tracing = tracing if answers["telemetry"] == "opentelemetry" else set()
    fixed = {"markdown-it-py", "mdit-py-plugins", "starlette", "streamlit"}
    return fixed | rich | sdks | tools | stored | overview | tracing | attachments[answers["attachments"]]


@pytest.mark.parametrize(("attachments", "bound"), [("images", ">=3.11"), ("images_and_documents", ">=3.11,<3.15")])
def test_the_versions_of_python(bake: Bake, attachments: str, bound: str) -> None:
    """Documents need onnxruntime, which has no wheel for Python 3.15."""
    pyproject = tomllib.loads((bake(attachments=attachments) / "pyproject.toml").read_text("utf-8"))
    assert pyproject["project"]["requires-python"] == bound


def dependencies(project: Path) -> set[str]:
    """The names of what a bake depends on."""
    pyproject = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))
    return {re.split(r"[<>=\[]", requirement)[0] for requirement in pyproject["project"]["dependencies"]}


def traces(project: Path, answers: dict[str, str]) -> list[str]:
    """Where a bake has words of what was not chosen."""
    chosen, modules = providers_of(answers), modules_of(answers)
    forbidden = [pattern for answer, pattern in TRACES.items() if answers[answer[0]] != answer[1]]
    forbidden += absent(answers)
    others = [pattern for name, pattern in PROVIDER_TRACES.items() if name not in chosen]
    others += [pattern for name, pattern in MODULE_TRACES.items() if name not in modules]
    others += [SDK_TRACES["openai"]] if not modules & {"openai", "openai_compatible"} else []
    forbidden += [NO_TOOLS] if answers["tools"] == "none" else []
    forbidden += [NO_ATTACHMENTS] if answers["attachments"] == "none" else []
    forbidden += [NO_IMAGES] if answers["attachments"] == "none" and answers["rich_replies"] == "no" else []
    forbidden += [NO_AVATARS] if answers["avatars"] == "none" and answers["personas"] == "one" else []
    forbidden += [NO_FEEDBACK] if answers["feedback"] == "none" else []
    forbidden += [NO_BLOCKS] if answers["streaming"] == "off" else []
    forbidden += [NO_KEYS] if modules <= {"custom", "embedded"} else []
    forbidden += [NO_CONTAINER] if answers["deployment"] == "none" else []
    forbidden += [NO_CONTAINED_DATABASE] if answers["deployment"] == "none" or answers["history"] != "database" else []
    forbidden += [NO_SWITCHING] if not answers["extra_providers"] else []
    # What the table says of a chosen provider may name others: it sells their models.
    own = sorted({fact for name in chosen for fact in facts(PROVIDERS[name])}, key=len, reverse=True)
    own_facts = re.compile("|".join(map(re.escape, own)))
    rest = {name: own_facts.sub("", text) for name, text in texts(project).items()}
    return matches(forbidden, rest) + matches(others, {name: text for name, text in rest.items() if name != RECIPES})


clean: dict[str, set[str]] = defaultdict(set)


def matches(patterns: list[str], texts: dict[str, str]) -> list[str]:
    """The paths, and the lines of files, each with the next one, that match; what many bakes have is searched once."""
    lines = {name: name for name in texts}
    for name, text in texts.items():
        lines |= {f"{line} {after.lstrip(' #')}": name for line, after in pairwise([*text.split("\n"), ""])}
    found = []
    for pattern in patterns:
        new = lines.keys() - clean[pattern]
        if re.search(pattern, "\n".join(new), re.IGNORECASE):
            found += [f"{lines[line]}: {line}" for line in new if re.search(pattern, line, re.IGNORECASE)]
        else:
            clean[pattern] |= new
    return found


def facts(provider: dict[str, object]) -> set[str]:
    """The words of a provider's entry in the table that stand in a bake."""
    words = [provider[name] for name in ("model", "key", "key_page", "base_url", "base_url_setting", "label")]
    return {str(word) for word in [*words, *provider["models"], *provider["prices"]] if len(str(word)) > 3}


def files(project: Path) -> dict[str, Path]:
    """The files of a project, by their paths in it."""
    return {path.relative_to(project).as_posix(): path for path in project.rglob("*") if path.is_file()}


def texts(project: Path) -> dict[str, str]:
    """The texts of a project, by their paths in it."""
    return {name: path.read_text("utf-8") for name, path in files(project).items()}


@pytest.mark.thorough
@pytest.mark.parametrize("first", PROVIDERS)
def test_pairs_of_providers(bake: Bake, first: str) -> None:
    for second in list(PROVIDERS)[list(PROVIDERS).index(first) + 1 :]:
        answers = {**DEFAULTS, "llm_provider": first, "extra_providers": second}
        project = bake(**answers)
        assert files(project).keys() == expected_files(answers)
        assert dependencies(project) == expected_dependencies(answers)
        assert not traces(project, answers)
        for path in project.rglob("*.py"):
            ast.parse(path.read_text("utf-8"))


def assert_no_leftovers(project: Path) -> None:
    """No file shows that it came from a template."""
    for name, text in texts(project).items():
        assert_whole(name, text)


@cache  # many bakes have the same file
def assert_whole(name: str, text: str) -> None:
    """The file has no part of a template, and white space where it belongs."""
    assert not re.search(r"\{%|%\}|\{\{ | \}\}|\{#|cookiecutter", GITHUBS.sub("", text)), name
    assert not re.search(r"[ \t]+$", text, re.MULTILINE), f"{name}: white space at the end of a line"
    assert "\n\n\n\n" not in text, f"{name}: too many blank lines"
    assert name.endswith(".py") or "\n\n\n" not in PYTHON.sub("…", text), f"{name}: two blank lines"
    assert text.strip(), f"{name}: empty"
    assert text[0] != "\n", f"{name}: a blank first line"
    assert text.endswith("\n"), f"{name}: no newline at the end"
    assert not text.endswith("\n\n"), f"{name}: blank lines at the end"
    assert "\r" not in text, name


@pytest.mark.parametrize("command", [["check", "."], ["format", "--check", "."]], ids=["check", "format"])
def test_the_template_is_clean_before_it_is_baked(command: list[str]) -> None:
    output(tool("ruff"), *command, "--no-cache", "--config", ROOT / "pyproject.toml", cwd=ROOT)


def test_no_condition_stands_at_the_end_of_several_lines() -> None:
    """It is that of its own line alone: where a formatter breaks a line that has become too long, it must move."""
    for path in TEMPLATE.rglob("*.py"):
        assert not re.search(r"^\s*[)\]}]+,?  # \{% if", path.read_text("utf-8"), re.MULTILINE), path


def test_every_file_of_the_template_is_valid_before_it_is_baked() -> None:
    for path in TEMPLATE.rglob("*.py"):
        ast.parse(path.read_text("utf-8"))
    for path in (*TEMPLATE.rglob("*.toml"), *TEMPLATE.rglob("*.example")):
        if path.name != "secrets.toml.example":  # a key's name stands outside a string there
            tomllib.loads(path.read_text("utf-8"))
    for path in (*TEMPLATE.rglob("*.yaml"), *TEMPLATE.rglob("*.yml")):
        yaml.safe_load(path.read_text("utf-8"))
