"""A question outside the conversation on the page: from a page of your own, a script or a notebook."""

from collections.abc import Callable, Iterable

from chat import settings
from chat.conversation.messages import Message
from chat.providers import Provider, Request
from chat.replies.answering import answer
from chat.replies.reply import Reply

PROVIDER = next(iter(settings.PROVIDERS.values()))  # {% if cookiecutter.extra_providers %}
PROVIDER = settings.PROVIDER  # {% if not cookiecutter.extra_providers %}


def ask(
    messages: Iterable[str | Message],
    draw: Callable[[str], object] = lambda text: None,
    *,
    provider: Provider = PROVIDER,
    model: str = "",
    system_prompt: str = settings.SYSTEM_PROMPT,
) -> Message:
    """Ask, and wait for the reply. Nothing of it is stored, and it counts towards nobody's limit.

    Args:
        messages: question, reply, question, and so on, ending with the question: texts, or messages of a conversation.
            Earlier questions without a reply are left out.
        draw: called repeatedly with the text so far until the reply ends.
        provider: the provider to ask.
        model: the model, if not the provider's default.
        system_prompt: what the model is told first.

    Returns:
        The reply. If it failed, its `error` is a sentence that says why.
    """
    roles = ("user", "assistant")
    turns = [Message.saying(roles[n % 2], told) if isinstance(told, str) else told for n, told in enumerate(messages)]
    pairs = zip(turns[:-1:2], turns[1::2], strict=False)
    sent = [message for pair in pairs if pair[1].text for message in pair] + turns[-1:]
    model = model or provider.model
    request = Request(provider, model, system_prompt, provider.max_tokens, messages=sent)
    reply = Message("assistant", provider=provider.name, model=model)
    coming = Reply(reply, answer(request))  # {% if not cookiecutter is stored %}
    coming = Reply(reply, answer(request), save=lambda _: None)  # {% if cookiecutter is stored %}
    try:
        for text in coming.follow():
            draw(text)
    finally:
        coming.stop()  # if a click has ended this
    return reply
