"""The Chainlit chat, as documented: messages in the user's session, an async client, default settings."""

import chainlit as cl
from openai import AsyncOpenAI

client = AsyncOpenAI()


@cl.on_chat_start
def start() -> None:
    """Start the conversation of a new page."""
    cl.user_session.set("messages", [])


@cl.on_message
async def answer(question: cl.Message) -> None:
    """Stream the reply to a question."""
    messages = cl.user_session.get("messages")
    messages.append({"role": "user", "content": question.content})
    reply = cl.Message(content="")
    async with await client.responses.create(model="any", input=messages, store=False, stream=True) as events:
        async for event in events:
            if event.type == "response.output_text.delta":
                await reply.stream_token(event.delta)
    messages.append({"role": "assistant", "content": reply.content})
    await reply.update()
