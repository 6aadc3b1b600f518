"""The sources of a reply, as providers name them."""

from chat import settings
from chat.conversation.messages import Message
from chat.conversation.steps import Source
from chat.providers import Request
from chat.providers.sources import Sources

PROVIDER = next(iter(settings.PROVIDERS.values()))  # {% if cookiecutter.extra_providers %}
PROVIDER = settings.PROVIDER  # {% if not cookiecutter.extra_providers %}


def sources_after(*sources: Source) -> Sources:
    """The sources of a turn, in a reply that has these from earlier turns."""
    return Sources(Request(PROVIDER, "any", "", 100, messages=[Message("assistant", [*sources])]))


def test_each_source_comes_once() -> None:
    sources = sources_after()
    sources.add("A page", "https://a.example")
    sources.add("A book", passage="Words.", page=3)
    sources.add("A page", "https://a.example")
    sources.add("", "https://b.example")
    assert [chunk.part for chunk in sources.chunks()] == [
        Source("A page", "https://a.example"),
        Source("A book", passage="Words.", page=3),
        Source("https://b.example", "https://b.example"),
    ]


# {% if cookiecutter is using("anthropic", "bedrock") %}
def test_numbers_in_the_text() -> None:
    sources = sources_after(Source("A page", "https://a.example", number=1))
    sources.add("Another")
    sources.add("A page", "https://a.example")
    sources.add("Another")
    assert sources.marks() == " [2] [1]"
    assert sources.marks() == ""


# {% endif %}
def test_a_later_turn_brings_only_what_is_new() -> None:
    sources = sources_after(Source("A page", "https://a.example", number=1))
    sources.add("Another")
    sources.add("A page", "https://a.example")
    assert [chunk.part for chunk in sources.chunks()] == [Source("Another")]
