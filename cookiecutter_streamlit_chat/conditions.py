"""Conditions over several answers, by names: `cookiecutter is stored` in a file of the app asks `stored` here."""

from typing import Any

from cookiecutter_streamlit_chat.providers import chosen, further_providers

LOCAL = {"custom", "embedded"}  # modules that reach nothing over the network, as far as the app knows


def using(answers: dict[str, Any], *modules: str) -> bool:
    """Whether a provider that was chosen is served by one of these modules."""
    return any(provider["module"] in modules for provider in chosen(answers))


def served_by(answers: dict[str, Any], module: str) -> bool:
    """Whether one provider alone was chosen, and is served by this module."""
    return [provider["module"] for provider in chosen(answers)] == [module]


def choosing(answers: dict[str, Any], name: str) -> bool:
    """Whether this provider was chosen."""
    return any(provider["name"] == name for provider in chosen(answers))


def remote(answers: dict[str, Any]) -> bool:
    """Whether some provider is reached over the network."""
    return any(provider["module"] not in LOCAL for provider in chosen(answers))


def listing(answers: dict[str, Any]) -> bool:
    """Whether the sidebar offers the models that a provider lists."""
    return remote(answers) or bool(further_providers(answers))


def keyed(answers: dict[str, Any]) -> bool:
    """Whether some provider needs a key."""
    return any(provider["key_page"] for provider in chosen(answers))


def tempered(answers: dict[str, Any]) -> bool:
    """Whether some provider takes a temperature."""
    return any(provider["takes_temperature"] for provider in chosen(answers))


def stepped(answers: dict[str, Any]) -> bool:
    """Whether a reply may have steps and sources: where an agent gives it."""
    return using(answers, "custom") or tooled(answers)


def parted(answers: dict[str, Any]) -> bool:
    """Whether a reply may bring more than text."""
    return answers["rich_replies"] == "yes" or stepped(answers)


def stored(answers: dict[str, Any]) -> bool:
    """Whether conversations are kept in a database."""
    return answers["history"] == "database"


def writing(answers: dict[str, Any]) -> bool:
    """Whether the app writes files into its folder `data`, unless a setting says otherwise."""
    return answers["history"] == "database" or answers["feedback"] != "none"


def visited(answers: dict[str, Any]) -> bool:
    """Whether conversations are listed for people who do not sign in."""
    return answers["history"] == "database" and answers["sign_in"] == "none"


def owned(answers: dict[str, Any]) -> bool:
    """Whether a conversation is somebody's."""
    return answers["history"] == "database" or answers["sign_in"] == "oidc"


def peopled(answers: dict[str, Any]) -> bool:
    """Whether people pick one of several personas."""
    return answers["personas"] == "several"


def pictured(answers: dict[str, Any]) -> bool:
    """Whether it is said what stands beside a message."""
    return answers["avatars"] != "none" or peopled(answers)


def counted(answers: dict[str, Any]) -> bool:
    """Whether it is kept what each person uses."""
    return answers["history"] == "database" and answers["sign_in"] == "oidc"


def identifying(answers: dict[str, Any]) -> bool:
    """Whether it matters to a reply who asks."""
    return counted(answers) or (owned(answers) and using(answers, "custom"))


def overseen(answers: dict[str, Any]) -> bool:
    """Whether there is a page with all ratings, for admins."""
    return answers["sign_in"] == "oidc" and answers["feedback"] != "none"


def tooled(answers: dict[str, Any]) -> bool:
    """Whether the model can call tools."""
    return answers.get("tools", "none") != "none"  # the starter does not ask


def searching(answers: dict[str, Any]) -> bool:
    """Whether the model may search the web, which some provider does itself."""
    return tooled(answers) and any(provider["search_tool"] for provider in chosen(answers))


def reading(answers: dict[str, Any]) -> bool:
    """Whether a model that calls tools may read what comes from outside the app."""
    return answers.get("tools", "none") == "mcp" or searching(answers)


def deployed(answers: dict[str, Any], history: str | None = None) -> bool:
    """Whether the app runs in a container, and keeps conversations in this way where one is named."""
    return answers["deployment"] != "none" and history in (None, answers["history"])
