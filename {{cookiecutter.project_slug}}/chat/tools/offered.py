"""The tools that the model may call."""

import inspect
from functools import cache

from chat.tools import functions
from chat.tools.calling import Offered, as_offered
from chat.tools.servers import connections, named  # {% if cookiecutter.tools == "mcp" %}


def offered() -> dict[str, Offered]:
    """Each tool that the model may call, by name."""
    # {% if cookiecutter.tools == "mcp" %}
    return named([*own(), *(tool for connection in connections.values() for tool in connection.tools)])
    # {% else %}
    return {each.tool.name: each for each in own()}
    # {% endif %}


@cache
def own() -> list[Offered]:
    """The functions of this app."""
    found = (each for name, each in vars(functions).items() if inspect.isfunction(each) and name[0] != "_")
    return [as_offered(each) for each in found if each.__module__ == functions.__name__]
