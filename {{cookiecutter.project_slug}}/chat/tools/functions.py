"""The functions that the model can call. Yours go here.

The model can call every function in this file whose name does not begin with an underscore. It sees the name, the types
and the docstring, so say there what a call is for. It receives what a function returns, or the message of an exception.
An `async` function is cancelled when the reply is stopped.
"""

import ast
import math
import operator
from collections.abc import Callable
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from chat.tools import needs_approval

OPERATORS: dict[type[ast.AST], Callable[..., float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: math.pow,
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
}


def time_in(zone: str) -> str:
    """The current date and time in an IANA time zone, such as Europe/Paris."""
    return f"{datetime.now(ZoneInfo(zone)):%A, %d %B %Y, %H:%M}"


@needs_approval  # harmless: an example of how a person is asked
def calculate(expression: Annotated[str, Field(max_length=200)]) -> str:
    """The value of an arithmetic expression, such as (2 + 3) * 4 ** 0.5, to 15 digits."""
    return f"{_value(ast.parse(expression.strip(), mode='eval').body):.15g}"


def _value(node: ast.AST) -> float:
    """The value of a part of an expression. Numbers are floats, so one that is too large fails at once."""
    match node:
        case ast.Constant(int() | float() as number):
            return float(number)
        case ast.UnaryOp(sign, operand) if type(sign) in OPERATORS:
            return OPERATORS[type(sign)](_value(operand))
        case ast.BinOp(left, sign, right) if type(sign) in OPERATORS:
            return OPERATORS[type(sign)](_value(left), _value(right))
    raise ValueError(f"{ast.unparse(node)} is not arithmetic")
