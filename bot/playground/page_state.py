"""What the page shows to one person, as JSON: what that person would see in Slack, and what the page offers."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from bot.playground import quiet
from bot.playground.blockkit_elements import with_block_ids
from bot.playground.records import Ephemeral, Json, Message, User
from bot.playground.workspace import BOT_USER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.playground.answers import Answers
    from bot.playground.fake_slack import FakeSlack
    from bot.playground.requests import Tools

SHOWN_MESSAGES: Final = 200
"""The newest messages of a channel that the page shows."""
_SHOWN_FAILURES: Final = 5


@dataclass(frozen=True, slots=True)
class PageState:
    """Reads the workspace for the page."""

    slack: FakeSlack
    answers: Answers
    tools: Tools

    def of(self, chosen: str) -> Json:
        """Everything that the person with the id `chosen` sees; the first person's where there is no such id."""
        people = [
            user for user in self.slack.workspace.users.values() if not user.is_bot and not user.deleted
        ]
        known = next((user for user in people if user.id == chosen), people[0] if people else None)
        state: Json = {
            "version": self.slack.journal.version,
            "now": self.slack.now(),
            "bot": BOT_USER,
            "people": [_person(user) for user in people],
            "names": {user.id: user.name for user in self.slack.workspace.users.values()},
            "samples": [{"name": one.name, "description": one.description} for one in self.tools.samples],
            "can_send": self.tools.send_event is not None,
            "can_explain": self.tools.explain is not None,
            "commands": [
                {"name": name, "description": description, "usage": usage}
                for name, description, usage in self.tools.commands
            ],
            "shortcuts": [
                {"callback_id": callback_id, "name": name, "description": description}
                for callback_id, name, description in self.tools.shortcuts
            ],
            "moves": [{"name": one.name, "description": one.description} for one in self.tools.moves],
            "failures": [asdict(one) for one in self.slack.failures[-_SHOWN_FAILURES:]],
            "as": known.id if known else None,
        }
        return state | (self._seen_by(known) if known else {"channels": [], "views": [], "home": None})

    def _seen_by(self, user: User) -> Json:
        workspace = self.slack.workspace
        if not workspace.has_dm(user.id):
            workspace.dm(user.id)
        own = workspace.ephemerals(user.id)
        channels = []
        for channel in workspace.channels.values():
            if channel.kind != "public" and user.id not in channel.members:
                continue
            shown: list[Message | Ephemeral] = [*workspace.messages(channel.id)]
            shown += [one for one in own if one.channel == channel.id]
            shown.sort(key=lambda one: float(one.ts))
            channels.append(
                {
                    "id": channel.id,
                    "name": channel.name,
                    "kind": channel.kind,
                    "archived": channel.archived,
                    "messages": [self._message(one) for one in shown[-SHOWN_MESSAGES:]],
                }
            )
        home = self.slack.home(user.id)
        return {
            "channels": channels,
            "home": _view(home.id, home.definition, {}) if home else None,
            "views": [
                _view(view.id, view.definition, self.answers.view_errors.get(view.id, {}))
                for view in workspace.stack(user.id)
            ],
        }

    def _message(self, one: Message | Ephemeral) -> Json:
        hidden = isinstance(one, Ephemeral)
        return {
            "ts": one.ts,
            "user": BOT_USER if hidden else one.user,
            "from_slack": isinstance(one, Ephemeral) and one.source == "slack",
            "text": one.text,
            "blocks": with_block_ids(one.blocks),
            "attachments": one.attachments,
            "ephemeral": hidden,
            "edited": one.edited,
            "thread_ts": one.thread_ts,
            "reactions": self.slack.workspace.reactions(one.channel, one.ts),
        }


def _person(user: User) -> Json:
    return {"id": user.id, "name": user.name, "tz": user.tz, "quiet": quiet.shown(user)}


def _view(view_id: str, definition: Json, errors: Mapping[str, str]) -> Json:
    blocks = with_block_ids(definition["blocks"])
    return {**definition, "id": view_id, "blocks": blocks, "errors": dict(errors)}
