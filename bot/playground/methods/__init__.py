"""The Web API's methods in one table, but for apps.connections.open, which hands out the server's address."""

from __future__ import annotations

from typing import Final

from bot.playground.methods import chat, conversations, people, views
from bot.playground.methods.core import DEFAULT_SCOPES, Api, Args, Method, Settings

METHODS: Final = {**people.METHODS, **chat.METHODS, **conversations.METHODS, **views.METHODS}

__all__ = ["DEFAULT_SCOPES", "METHODS", "Api", "Args", "Method", "Settings"]
