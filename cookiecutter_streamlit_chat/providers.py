"""The providers: providers.json has every fact about them that is not code."""

import json
from pathlib import Path
from typing import Any

PROVIDERS: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "providers.json").read_text("utf-8"))


def usual_model(provider: str) -> str:
    """The default model of a provider."""
    return PROVIDERS[provider]["model"]


def names_of(extra_providers: str) -> list[str]:
    """The providers in a comma-separated list, each once, in the order given."""
    return list(dict.fromkeys(filter(None, (name.strip() for name in extra_providers.split(",")))))


def further_providers(answers: dict[str, Any]) -> list[str]:
    """The providers after the first, each once; none if the template does not ask for them."""
    return [name for name in names_of(answers.get("extra_providers", "")) if name != answers["llm_provider"]]


def chosen(answers: dict[str, Any]) -> list[dict[str, Any]]:
    """The facts of each chosen provider, with its name and models; the first to answer comes first."""
    first = answers["llm_provider"]
    facts = []
    for name in [first, *further_providers(answers)]:
        provider = PROVIDERS[name]
        model = answers["model"] if name == first else provider["model"]
        models = list(dict.fromkeys([model, *provider["models"]]))
        facts.append({**provider, "name": name, "model": model, "models": models})
    return facts
