"""What a reply rests on, where its provider tells: the pages that it found, and what else it read."""

from chat.conversation.steps import Source
from chat.providers import Chunk, Request


class Sources:
    """The sources that a turn of the model names, each once, in their order."""

    def __init__(self, request: Request) -> None:
        """Those that earlier turns of the same reply have named keep their numbers."""
        self._sources = [part for part in request.messages[-1].parts if isinstance(part, Source)]
        self._before = len(self._sources)
        self._named: dict[int, str] = {}  # {% if cookiecutter is using("anthropic", "bedrock") %}

    def add(self, title: str, address: str = "", passage: str = "", page: int | None = None) -> None:
        """Add a source, and have the next marks name it."""  # {% if cookiecutter is using("anthropic", "bedrock") %}
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
        """What follows in the text on the words that rest on the sources added since the last marks."""
        marks = "".join(self._named.values())
        self._named.clear()
        return marks

    # {% endif %}
    def chunks(self) -> list[Chunk]:
        """The new ones, for the end of the turn: any earlier, they would divide its text."""
        return [Chunk(part=source) for source in self._sources[self._before :]]
