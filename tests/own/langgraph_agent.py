"""The agent.py of an app under test: a LangGraph agent that looks things up, and counts a thread's questions."""

import time
from collections.abc import Iterator
from typing import Any

from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition


@tool
def people(city: str) -> str:
    """Count the people of a city."""
    return f"{city}: 2,100,000"


class Model(BaseChatModel):
    """Asks for the tool, then says what it found, a word at a time."""

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(self, *arguments: Any, **options: Any) -> ChatResult:
        raise NotImplementedError

    def _stream(self, messages: list[BaseMessage], *arguments: Any, **options: Any) -> Iterator[ChatGenerationChunk]:
        questions = sum(message.type == "human" for message in messages)
        if messages[-1].type == "human":
            call = {"name": "people", "args": '{"city": "Paris"}', "id": f"call-{questions}", "index": 0}
            yield ChatGenerationChunk(message=AIMessageChunk("", tool_call_chunks=[call]))
        else:
            asked = [message.content for message in messages if message.type == "human"][-1]
            for word in f"{messages[-1].content} people. This was question {questions} of the thread.".split():
                yield ChatGenerationChunk(message=AIMessageChunk(f"{word} "))
                time.sleep(1 if asked == "Slowly" else 0)


def think(state: MessagesState) -> dict[str, list[BaseMessage]]:
    """Ask the model."""
    return {"messages": [Model().invoke(state["messages"])]}


builder = StateGraph(MessagesState)
builder.add_node("model", think)
builder.add_node("tools", ToolNode([people]))
builder.add_edge(START, "model")
builder.add_conditional_edges("model", tools_condition)
builder.add_edge("tools", "model")
graph = builder.compile(checkpointer=InMemorySaver())
