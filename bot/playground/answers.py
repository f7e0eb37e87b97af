"""What the bot answers to people: in its acks, and through response URLs.

Sources: docs.slack.dev/interactivity/handling-user-interaction, docs.slack.dev/surfaces/modals
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.playground.blockkit_elements import with_block_ids
from bot.playground.blockkit_limits import LIMITS
from bot.playground.journal import Journal, shown_args
from bot.playground.methods.content import Content, read_content
from bot.playground.methods.core import Args, Settings
from bot.playground.methods.views import checked_view, refuse_taken_id
from bot.playground.refusal import Refusal
from bot.playground.workspace import BOT_USER, Workspace

if TYPE_CHECKING:
    from bot.playground.handles import ResponseUrl, ResponseUrls
    from bot.playground.records import Json, View


@dataclass(slots=True)
class Answers:
    """Turns answers into messages and views; `view_errors` is what stands under inputs, by view id."""

    workspace: Workspace
    urls: ResponseUrls
    journal: Journal
    settings: Settings
    view_errors: dict[str, dict[str, str]] = field(default_factory=dict)

    # --- response URLs ---

    def to_url(self, token: str, payload: Json) -> Json:
        """Carry out one post to a response URL and return Slack's answer; journalled as `response_url`."""
        try:
            self._carry_out(self.urls.use(token), payload)
        except Refusal as refusal:
            self.journal.call("response_url", payload, refusal.answer(), accepted=False, writes=True)
            raise
        answer: Json = {"ok": True}
        self.journal.call("response_url", shown_args(payload, {}), answer, accepted=True, writes=True)
        return answer

    def _carry_out(self, url: ResponseUrl, payload: Json) -> None:
        args = Args(payload)
        if args.flag("delete_original"):
            self._original(url)
            if url.ephemeral:
                self.workspace.unwhisper(url.original or "")
            else:
                self.workspace.delete(url.channel, url.original or "")
            return
        content = read_content(args, strict=self.settings.strict)
        if args.flag("replace_original"):
            self._replace(url, content)
        else:
            self._say(url.user, url.channel, args, content, "response_url")

    def _original(self, url: ResponseUrl) -> None:
        """Raise unless there is a message to replace: a command's first answer has none."""
        known = url.original is not None and (
            self.workspace.ephemeral(url.user, url.original)
            if url.ephemeral
            else self.workspace.message(url.channel, url.original)
        )
        if not known:
            raise Refusal("message_not_found")

    def _replace(self, url: ResponseUrl, content: Content) -> None:
        self._original(url)
        ts = url.original or ""
        if url.ephemeral:  # it stays ephemeral, whatever response_type says
            self.workspace.rewhisper(ts, text=content.text or "", **content.kept())
            return
        metadata = {} if content.metadata is None else {"metadata": content.metadata or None}
        self.workspace.edit(url.channel, ts, text=content.text or "", **content.kept(), **metadata)

    def _say(self, user: str, channel: str, args: Args, content: Content, source: str) -> None:
        thread_ts = args.text("thread_ts") or None
        text = content.text or ""
        if args.text("response_type", "ephemeral") == "in_channel":
            kept = content.kept()
            self.workspace.post(
                channel, BOT_USER, text, metadata=content.metadata or None, thread_ts=thread_ts, **kept
            )
        else:
            self.workspace.whisper(channel, user, text, source, thread_ts=thread_ts, **content.kept())

    # --- acks ---

    def acknowledged(self, command: str, user: str, channel: str, body: str) -> None:
        """Show what came with the ack of a command: JSON with text or blocks, plain text, or nothing."""
        if not body.strip():
            return
        try:
            payload = json.loads(body)
        except ValueError:
            payload = {"text": body}
        if not isinstance(payload, dict):
            payload = {"text": body}
        args = Args(payload)
        try:
            content = read_content(args, strict=self.settings.strict)
        except Refusal as refusal:
            self.journal.fail("bad_answer", f"{command}: {refusal.code} {' '.join(refusal.messages)}".strip())
            return
        self._say(user, channel, args, content, "ack")
        self.journal.call("ack", shown_args(payload, {}), {"ok": True}, accepted=True, writes=True)

    def submitted(self, view: View, body: str) -> None:
        """Act on the ack of a submission: close the modal, show errors, update, push or clear."""
        self.view_errors.pop(view.id, None)
        try:
            self._respond(view, json.loads(body) if body.strip() else {})
        except (Refusal, ValueError) as problem:
            details = " ".join(problem.messages) if isinstance(problem, Refusal) else "not valid JSON"
            self.journal.fail("bad_answer", f"view_submission: {details or problem}")

    def _respond(self, view: View, answer: Any) -> None:
        if not isinstance(answer, dict):
            raise Refusal("invalid_arguments", ["the ack of a submission must be an object"])
        match answer.get("response_action"):
            case None:
                self.workspace.close_view(view.id)
            case "clear":
                self.workspace.close_view(view.id, whole_stack=True)
            case "update":
                definition = checked_view(answer.get("view"))
                refuse_taken_id(self.workspace, definition, besides=view.id)
                self.workspace.update_view(view.id, definition)
            case "push":
                definition = checked_view(answer.get("view"))
                refuse_taken_id(self.workspace, definition)
                if len(self.workspace.stack(view.user)) >= LIMITS["view.stack"]:
                    raise Refusal("push_limit_reached", ["push_limit_reached"])
                self.workspace.open_view(view.user, definition, view)
            case "errors":
                self._show_errors(view, answer.get("errors"))
            case other:
                raise Refusal("invalid_arguments", [f"unknown response_action: {other}"])

    def _show_errors(self, view: View, errors: Any) -> None:
        blocks = with_block_ids(view.definition["blocks"])
        inputs = {block["block_id"] for block in blocks if block["type"] == "input"}
        if not isinstance(errors, dict) or not errors or not inputs >= set(errors):
            raise Refusal("invalid_arguments", ["errors must name input blocks of the view"])
        self.view_errors[view.id] = {name: str(text) for name, text in errors.items()}
        self.workspace.on_change()
