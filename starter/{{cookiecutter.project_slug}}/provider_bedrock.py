# {% set provider = (cookiecutter | chosen)[0] %}
"""{{ provider.label }} answers: https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference.html."""

import os
from collections.abc import Iterator
from contextlib import closing

import boto3
import streamlit as st
from botocore import config, exceptions

MODEL = "{{ cookiecutter.model | escaped }}"
SYSTEM_PROMPT = "{{ cookiecutter.system_prompt | escaped }}"
KEY, KEY_PAGE = "{{ provider.key }}", "{{ provider.key_page }}"


class ReplyError(Exception):
    """Why a reply is missing or incomplete, in a sentence for people."""


@st.cache_resource
def client(key: str):
    """The client, created once; without a key, it uses other AWS credentials."""
    os.environ.update({KEY: key} if key else {})
    patience = config.Config(read_timeout=60, retries={"total_max_attempts": 1})
    return boto3.client("bedrock-runtime", region_name=os.environ.get("AWS_REGION", "us-east-1"), config=patience)


def reply(messages: list) -> Iterator[str]:
    """Yield the reply to the last of these messages, dicts with a role and content, in chunks."""
    turns = [{"role": each["role"], "content": [{"text": each["content"]}]} for each in messages]
    request = {"modelId": MODEL, "system": [{"text": SYSTEM_PROMPT}] if SYSTEM_PROMPT else [], "messages": turns}
    ending = "it was cut off"
    try:
        with closing(client(os.environ.get(KEY, "").strip()).converse_stream(**request)["stream"]) as events:
            for event in events:
                yield event.get("contentBlockDelta", {}).get("delta", {}).get("text", "")
                ending = event.get("messageStop", {}).get("stopReason", ending)
    except exceptions.NoCredentialsError as error:
        raise ReplyError(f"There is no {KEY}: put one from {KEY_PAGE} into .streamlit/secrets.toml.") from error
    except exceptions.ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 403:
            raise ReplyError(f"{{ provider.label }} refused {KEY}, or that key may not use this model.") from error
        raise
    if ending != "end_turn":
        raise ReplyError(f"{{ provider.label }} did not finish this reply: {ending}.")
