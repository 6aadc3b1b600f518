"""The sources of a reply, if its provider names them: web pages and whatever else it read."""

from chat.conversation.steps import Source
from chat.providers import Chunk, Request


class Sources:
    """The sources of a model's turn, each once, in order."""

    def __init__(self, request: Request) -> None:
        """Sources of earlier turns of the same reply keep their numbers."""
        self._sources = [part for part in request.messages[-1].parts if isinstance(part, Source)]
        self._before = len(self._sources)
        self._named: dict[int, str] = {}  # {% if cookiecutter is using("anthropic", "bedrock") %}

    def add(self, title: str, address: str = "", passage: str = "", page: int | None = None) -> None:
        """Add a source, and let the next marks include it."""  # {% if cookiecutter is using("anthropic", "bedrock") %}
        """Add a source."""  # {% if not cookiecutter is using("anthropic", "bedrock") %}
        places = [(source.title, source.address, source.page) for source in self._sources]
        place = (title or address, address, page)
        if place not in places:
            self._sources.append(Source(title or address, address, passage, page))
            places.append(place)  # {% if cookiecutter is using("anthropic", "bedrock") %}
        # {% if cookiecutter is using("anthropic", "bedrock") %}
        number = places.index(place) + 1
        self._named[number] = f" [{number}]"
        # {% endif %}

    # {% if cookiecutter is using("anthropic", "bedrock") %}
    def marks(self) -> str:
        """The marks to put after text that is supported by the sources added since the last marks."""
        marks = "".join(self._named.values())
        self._named.clear()
        return marks

    # {% endif %}
    def chunks(self) -> list[Chunk]:
        """The new sources, for the end of the turn: earlier, they would split its text."""
        return [Chunk(part=source) for source in self._sources[self._before :]]
