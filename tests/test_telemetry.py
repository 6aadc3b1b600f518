"""Traces of replies through the real SDKs, some of which make their own spans."""

import importlib.util
from types import ModuleType

import pytest
from test_providers import QUESTION, Driver, environment, wire_format

from conftest import PROVIDERS, TEMPLATE, Bake
from wire import Wire


def module(name: str) -> ModuleType:
    """A module of the template's tests, which is the same before it is baked."""
    spec = importlib.util.spec_from_file_location(name, TEMPLATE / "tests" / f"{name}.py")
    assert spec
    assert spec.loader
    spec.loader.exec_module(module := importlib.util.module_from_spec(spec))
    return module


collector = module("collector")


@pytest.mark.parametrize("provider", ["openai", "anthropic", "bedrock"])
def test_the_tokens_of_a_reply_are_told_once(bake: Bake, wire: Wire, provider: str) -> None:
    project = bake(llm_provider=provider, telemetry="opentelemetry")
    with collector.collecting() as collected:
        settings = environment(provider, wire.base_url(wire_format(provider)))
        driver = Driver(project, OTEL_EXPORTER_OTLP_ENDPOINT=collected.url, **settings)
        outcome = driver.ask(QUESTION)
        driver.close()
    assert outcome["status"] == "complete"
    (span,) = collected.spans
    noted = collector.values(span.attributes)
    tokens = [noted["gen_ai.usage.input_tokens"], noted["gen_ai.usage.output_tokens"]]
    assert tokens == outcome["tokens"]
    assert noted["gen_ai.provider.name"] == PROVIDERS[provider]["trace_name"]
    assert "traceparent" not in wire.requests[0].headers
