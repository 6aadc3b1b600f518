"""What the model can call: the functions of this app.

`python -m chat.tools` lists what the model is offered, and calls one by hand.
"""

from collections.abc import Callable
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


def needs_approval(function: Function) -> Function:
    """Let a person be asked before each call of a function: for one that changes something, or costs something."""
    vars(function)["needs_approval"] = True
    return function
