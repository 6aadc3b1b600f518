"""Named conditions over several answers: `cookiecutter is stored` in an app's file calls `stored` here."""

from typing import Any

from cookiecutter_streamlit_chat.providers import chosen, further_providers

LOCAL = {"custom", "embedded"}  # modules that need no network, as far as the app knows


def using(answers: dict[str, Any], *modules: str) -> bool:
    """Whether one of these modules serves a chosen provider."""
    return any(provider["module"] in modules for provider in chosen(answers))


def served_by(answers: dict[str, Any], module: str) -> bool:
    """Whether exactly one provider was chosen, and this module serves it."""
    return [provider["module"] for provider in chosen(answers)] == [module]


def choosing(answers: dict[str, Any], name: str) -> bool:
    """Whether this provider was chosen."""
    return any(provider["name"] == name for provider in chosen(answers))


def remote(answers: dict[str, Any]) -> bool:
    """Whether a chosen provider is reached over the network."""
    return any(provider["module"] not in LOCAL for provider in chosen(answers))


def listing(answers: dict[str, Any]) -> bool:
    """Whether the sidebar offers a provider's list of models."""
    return remote(answers) or bool(further_providers(answers))


def keyed(answers: dict[str, Any]) -> bool:
    """Whether a chosen provider needs a key."""
    return any(provider["key_page"] for provider in chosen(answers))


def unaddressed(answers: dict[str, Any]) -> bool:
    """Whether each user has their own address for a chosen provider."""
    return any(provider["base_url_example"] for provider in chosen(answers))


def promptless(answers: dict[str, Any]) -> bool:
    """Whether a chosen provider also has models without system prompts."""
    return using(answers, "openai_compatible", "gemini", "bedrock")


def tempered(answers: dict[str, Any]) -> bool:
    """Whether a chosen provider accepts a temperature."""
    return any(provider["takes_temperature"] for provider in chosen(answers))


def stepped(answers: dict[str, Any]) -> bool:
    """Whether a reply may have steps and sources, as an agent's does."""
    return using(answers, "custom") or tooled(answers)


def parted(answers: dict[str, Any]) -> bool:
    """Whether a reply may contain more than text."""
    return answers["rich_replies"] == "yes" or stepped(answers)


def stored(answers: dict[str, Any]) -> bool:
    """Whether conversations are kept in a database."""
    return answers["history"] == "database"


def writing(answers: dict[str, Any]) -> bool:
    """Whether the app writes to its `data` folder, unless a setting says otherwise."""
    return answers["history"] == "database" or answers["feedback"] != "none"


def visited(answers: dict[str, Any]) -> bool:
    """Whether conversations are listed for people who do not sign in."""
    return answers["history"] == "database" and answers["sign_in"] == "none"


def owned(answers: dict[str, Any]) -> bool:
    """Whether a conversation has an owner."""
    return answers["history"] == "database" or answers["sign_in"] == "oidc"


def peopled(answers: dict[str, Any]) -> bool:
    """Whether there are several personas to choose from."""
    return answers["personas"] == "several"


def pictured(answers: dict[str, Any]) -> bool:
    """Whether the app sets the avatars of messages."""
    return answers["avatars"] != "none" or peopled(answers)


def counted(answers: dict[str, Any]) -> bool:
    """Whether each person's usage is stored."""
    return answers["history"] == "database" and answers["sign_in"] == "oidc"


def identifying(answers: dict[str, Any]) -> bool:
    """Whether a reply depends on who asks."""
    return counted(answers) or (owned(answers) and using(answers, "custom"))


def overseen(answers: dict[str, Any]) -> bool:
    """Whether admins have a page with all ratings."""
    return answers["sign_in"] == "oidc" and answers["feedback"] != "none"


def tooled(answers: dict[str, Any]) -> bool:
    """Whether the model can call tools."""
    return answers.get("tools", "none") != "none"  # the starter does not ask


def searching(answers: dict[str, Any]) -> bool:
    """Whether the model may search the web with a provider's own tool."""
    return tooled(answers) and any(provider["search_tool"] for provider in chosen(answers))


def reading(answers: dict[str, Any]) -> bool:
    """Whether a model with tools may read content from outside the app."""
    return answers.get("tools", "none") == "mcp" or searching(answers)


def deployed(answers: dict[str, Any], history: str | None = None) -> bool:
    """Whether the app runs in a container, with this answer to `history` if one is given."""
    return answers["deployment"] != "none" and history in (None, answers["history"])
