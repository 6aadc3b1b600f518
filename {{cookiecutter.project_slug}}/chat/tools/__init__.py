"""What the model can call: the functions of this app.

`python -m chat.tools` lists the tools, and calls one by hand.
"""

from collections.abc import Callable
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


def needs_approval(function: Function) -> Function:
    """Ask a person before each call of this function: for one that changes or costs something."""
    vars(function)["needs_approval"] = True
    return function
