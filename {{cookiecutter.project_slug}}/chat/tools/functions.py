"""The functions that the model can call. Yours go here.

The model is offered every function of this file whose name does not begin with an underscore. It reads the name, the
types and the docstring, so say there what a call is good for. What a function returns, or the words of the exception
that it raises, is what the model is told. One that is `async` ends when somebody stops the reply.
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
    """The date and the time, now, in a time zone of IANA, such as Europe/Paris."""
    return f"{datetime.now(ZoneInfo(zone)):%A, %d %B %Y, %H:%M}"


@needs_approval  # it does no harm: so you see how a person is asked
def calculate(expression: Annotated[str, Field(max_length=200)]) -> str:
    """The value of an arithmetic expression, such as (2 + 3) * 4 ** 0.5; 15 digits of it are exact."""
    return f"{_value(ast.parse(expression.strip(), mode='eval').body):.15g}"


def _value(node: ast.AST) -> float:
    """The value of a part of an expression. Numbers are floats: what is too large for one fails at once."""
    match node:
        case ast.Constant(int() | float() as number):
            return float(number)
        case ast.UnaryOp(sign, operand) if type(sign) in OPERATORS:
            return OPERATORS[type(sign)](_value(operand))
        case ast.BinOp(left, sign, right) if type(sign) in OPERATORS:
            return OPERATORS[type(sign)](_value(left), _value(right))
    raise ValueError(f"{ast.unparse(node)} is no arithmetic")
