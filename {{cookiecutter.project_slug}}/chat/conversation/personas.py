"""Who answers in a conversation."""

from chat.settings import PERSONAS, Persona


def persona_named(name: object) -> Persona:
    """The persona with this name, or the first one."""
    return next((persona for persona in PERSONAS if persona.name == name), PERSONAS[0])
