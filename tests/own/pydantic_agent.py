"""The agent.py of an app under test: a pydantic-ai agent that says what it was told."""

from collections.abc import AsyncIterator

from pydantic_ai import Agent, ModelMessage
from pydantic_ai.models.function import AgentInfo, FunctionModel


async def words(messages: list[ModelMessage], info: AgentInfo) -> AsyncIterator[str]:
    """What was said so far, a word at a time."""
    said = [str(part.content) for message in messages for part in message.parts if hasattr(part, "content")]
    for word in " | ".join(said).split(" "):
        yield f"{word} "


agent = Agent(FunctionModel(stream_function=words))
