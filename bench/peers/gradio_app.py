"""The Gradio chat, as documented: a generator in a `ChatInterface`, an async client, no concurrency limit."""

from collections.abc import AsyncIterator

import gradio as gr
from openai import AsyncOpenAI

client = AsyncOpenAI()


async def answer(question: str, history: list[dict]) -> AsyncIterator[str]:
    """The reply to a question, so far."""
    messages = [{"role": message["role"], "content": message["content"][0]["text"]} for message in history]
    messages.append({"role": "user", "content": question})
    reply = ""
    async with await client.responses.create(model="any", input=messages, store=False, stream=True) as events:
        async for event in events:
            if event.type == "response.output_text.delta":
                reply += event.delta
                yield reply


# For all users together, the defaults are one reply at a time, and 40 jobs in the queue.
gr.ChatInterface(answer, concurrency_limit=None).launch(max_threads=100)
