"""Questions apart from the conversation on the page."""

import pytest

from chat.conversation.messages import Conversation, Message
from chat.conversation.parts import Text
from chat.providers import Chunk, ProviderError
from chat.replies.apart import PROVIDER, ask
from chat.replies.reply import running
from tests.conftest import ScriptedProvider


def test_an_answer_comes_whole_and_as_it_grows(scripted: ScriptedProvider) -> None:
    scripted.will_say("Par", "is.")
    scripted.will_say("Paris.")
    drawn: list[str] = []
    answer = ask(["Capital of France?"], drawn.append)
    assert (answer.text, answer.status, answer.error) == ("Paris.", "complete", "")
    assert answer.usage
    assert drawn[-1] == "Paris."
    assert ask(["Capital of France?"], model="another", system_prompt="Be brief.").text == "Paris."
    first, second = scripted.requests
    assert (first.model, second.model, second.system_prompt) == (PROVIDER.model, "another", "Be brief.")


def test_texts_and_messages_are_questions_and_replies_in_turn(scripted: ScriptedProvider) -> None:
    conversation = Conversation()
    conversation.ask("Capital of France?").grow(Text, "Paris.")
    conversation.ask("And of Italy?")
    scripted.will_say("Capitals.")
    assert ask(["Hi", "Hello.", *conversation.messages, "What did we speak of?"]).text == "Capitals."
    (request,) = scripted.requests
    said = ["Hi", "Hello.", "Capital of France?", "Paris.", "What did we speak of?"]
    assert [message.text for message in request.messages] == said
    assert [message.role for message in request.messages] == ["user", "assistant"] * 2 + ["user"]
    assert len(conversation.messages) == 4


def test_a_failure_is_a_sentence(scripted: ScriptedProvider) -> None:
    scripted.replies.append([Chunk("Par"), ProviderError("cut_off")])
    answer = ask(["Capital of France?"])
    assert (answer.text, answer.status, answer.error) == ("Par", "failed", ProviderError("cut_off").sentence)


def test_it_ends_with_the_run_of_the_page_that_draws_it(scripted: ScriptedProvider) -> None:
    class Clicked(BaseException):
        """What ends a run."""

    def draw(text: str) -> None:
        raise Clicked

    scripted.will_say("Paris.")
    with pytest.raises(Clicked):
        ask([Message.saying("user", "Capital of France?")], draw)
    assert not running
