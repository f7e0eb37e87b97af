"""Forms about a lead: opened in time, taken back with what is wrong, closed when they are settled."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.answering import Faulty, Logged
from bot.playground import outgoing
from bot.render import answers
from bot.render.forms import EXACT, FORMS, VALUE
from handlers import forms
from handlers.forms import Entered, read_log
from tests.support.databases import held
from tests.support.forms import choose, entries, errors, opened, send, shown, words
from tests.support.leads import AT_RISK, comes, said
from tests.support.world import World

LEAD = "Dana Reyes"


@asynccontextmanager
async def reminded(database):
    """Maya was reminded of Dana Reyes; Jon is a colleague."""
    async with World(database) as world:
        world.maya, world.jon = world.person("Maya Okafor"), world.person("Jon Park")
        await comes(world, world.maya, LEAD)
        await world.until(AT_RISK + timedelta(seconds=30))
        world.expect("chat.postMessage")
        yield world


def reminder(world):
    (message,) = world.direct(world.maya)
    return message


async def chosen(world, entry):
    """Maya chooses an entry; returns the form."""
    assert (await choose(world, world.maya, reminder(world), entry)).acknowledged
    return await opened(world, world.maya, entry)


# --- opening -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "title"), FORMS.items())
async def test_an_entry_opens_its_form(patient, name, title):
    """Each entry of the menu opens the form of its name, about its lead, and changes nothing by itself."""
    async with reminded(patient) as world:
        view = await chosen(world, title)
        reference = entries(reminder(world))[title][1].partition(":")[2]
        assert (view.definition["callback_id"], view.definition["private_metadata"]) == (name, reference)
        assert words(view) == LEAD
        world.quiet()


async def test_a_form_opens_before_its_facts_are_there(patient, monkeypatch):
    """Facts that take longer than a trigger allows come into a view that is open by then."""
    monkeypatch.setattr(forms, "OPEN_AFTER", 0.0)
    async with reminded(patient) as world:
        view = await chosen(world, "Snooze")
        assert [call.method for call in world.slack.calls() if call.method.startswith("views")] == [
            "views.open",
            "views.update",
        ]
        assert words(view) == LEAD


async def test_a_form_that_is_late_and_must_not_open_says_why(patient, monkeypatch):
    """Where the view is open already, the sentence stands in it."""
    monkeypatch.setattr(forms, "OPEN_AFTER", 0.0)
    async with reminded(patient) as world:
        await choose(world, world.jon, reminder_for(world, world.jon), "Snooze")
        await world.slack.wait_for(lambda: "somebody else" in str(shown(world, world.jon)))
        assert words(shown(world, world.jon)) == answers.UNCHANGED["not yours"]
        assert "submit" not in shown(world, world.jon).definition


def reminder_for(world, email):
    """The same reminder in a channel that somebody else reads too."""
    channel = world.slack.channel("sales-ops")
    workspace = world.slack.workspace
    workspace.join(channel, world.accounts[email])
    return workspace.post(channel, reminder(world).user, "x", blocks=reminder(world).blocks)


async def test_a_form_is_not_opened_for_others(patient):
    """Somebody whose lead it is not reads so, privately, and sees no form."""
    async with reminded(patient) as world:
        await choose(world, world.jon, reminder_for(world, world.jon), "Hand over")
        account = world.accounts[world.jon]
        (answer,) = await world.slack.wait_for(lambda: world.slack.ephemerals(account))
        assert (answer.text, shown(world, world.jon)) == (answers.UNCHANGED["not yours"], None)
        world.expect("response_url")


@pytest.mark.parametrize("error", ["error:expired_trigger_id", "error:ratelimited", "500", "drop"])
async def test_a_form_that_slack_does_not_open_is_told(patient, error):
    """Too late, too many, no answer: whoever chose reads that they may press again."""
    async with reminded(patient) as world:
        world.slack.fail_next("views.open", error)
        await choose(world, world.maya, reminder(world), "Snooze")
        account = world.accounts[world.maya]
        (answer,) = await world.slack.wait_for(lambda: world.slack.ephemerals(account))
        assert answer.text == "The form could not be opened in time. Please press again. Nothing was changed."
        world.expect("response_url")


async def test_an_entry_of_a_form_that_is_unknown_is_answered(patient):
    """An old message may offer what is no longer there."""
    async with reminded(patient) as world:
        message = reminder(world)
        account = world.accounts[world.maya]
        option = {"text": {"type": "plain_text", "text": "Dance"}, "value": "dance:1"}
        overflow = {"type": "overflow", "action_id": "lead_menu", "options": [option]}
        blocks = [{"type": "actions", "block_id": "old", "elements": [overflow]}]
        ts = world.slack.workspace.post(message.channel, message.user, "x", blocks=blocks).ts
        await world.slack.press(message.channel, ts, "lead_menu", account, value="dance:1")
        (answer,) = await world.slack.wait_for(lambda: world.slack.ephemerals(account))
        assert answer.text == answers.UNCHANGED["gone"]
        world.expect("response_url")


# --- submitting ----------------------------------------------------------------------------------------------


async def test_log_details_settles_the_lead(patient):
    """A form that is right closes, and the reminder tells what was done."""
    async with reminded(patient) as world:
        await chosen(world, "Log details")
        assert (await send(world, world.maya, outcome="connected", note=" It <@U1> went well ")).acknowledged
        assert shown(world, world.maya) is None
        await world.settle()
        world.expect("chat.update")
        assert said(world, world.maya)[0].startswith("All settled, thank you.\nDana Reyes: Log details: ")


async def test_what_is_wrong_stands_at_its_field_until_it_is_right(patient):
    """A call back without a time, then one in the past; the form stays with what was entered, then closes."""
    async with reminded(patient) as world:
        view = await chosen(world, "Log details")
        await send(world, world.maya, outcome="asked_to_be_called")
        assert errors(world) == {"call_back_at": "When did they ask to be called?"}
        long_ago = int((world.clock.now() - timedelta(days=2)).timestamp())
        await send(world, world.maya, outcome="asked_to_be_called", call_back_at=long_ago)
        assert errors(world) == {"call_back_at": "Choose a time after the contact."}
        assert shown(world, world.maya) == view
        later = int((world.clock.now() + timedelta(days=1)).timestamp())
        await send(world, world.maya, outcome="asked_to_be_called", call_back_at=later)
        assert shown(world, world.maya) is None
        await world.settle()
        world.expect("chat.update")


async def test_an_exact_time_wins_and_is_told_where_it_is_wrong(patient):
    """Of the two ways to say until when, the one that was used has the error."""
    async with reminded(patient) as world:
        await chosen(world, "Snooze")
        past = int((world.clock.now() - timedelta(hours=1)).timestamp())
        await send(world, world.maya, exact=past)
        assert errors(world) == {EXACT: "Choose a time in the future."}
        until = (world.clock.now() + timedelta(hours=2)).replace(second=0)
        await send(world, world.maya, exact=int(until.timestamp()))
        assert shown(world, world.maya) is None
        await world.settle()
        world.expect("chat.update")
        assert f"Snooze: until {until:%-d %b, %H:%M} (UTC)" in said(world, world.maya)[0]


async def test_a_suggested_time_that_has_passed_is_told_at_the_suggestions(patient):
    """A form may lie open for hours."""
    async with reminded(patient) as world:
        await chosen(world, "Snooze")
        world.clock.advance(timedelta(hours=1, minutes=10))
        await send(world, world.maya)
        assert errors(world) == {"until": "Choose a time in the future."}


async def test_a_lead_is_not_handed_to_its_owner(patient):
    """The menu of people offers the owner too; choosing them is told at that field."""
    async with reminded(patient) as world:
        await chosen(world, "Hand over")
        await send(world, world.maya, person=world.accounts[world.maya])
        assert list(errors(world)) == ["person"]
        await send(world, world.maya, person=world.accounts[world.jon], reason="on holiday")
        assert shown(world, world.maya) is None
        await world.settle()
        assert len(world.direct(world.jon)) == 1
        world.unexpected()


async def test_an_answer_that_needs_slack_while_slack_is_away_is_told_at_the_form(patient):
    """Who somebody is cannot be asked just now: the form stays as it is, and works when it is sent again."""
    async with reminded(patient) as world:
        view = await chosen(world, "Hand over")
        world.slack.fail_next("users.info", "500")
        await send(world, world.maya, person=world.accounts[world.jon])
        assert (errors(world), shown(world, world.maya)) == ({"person": answers.BUSY}, view)
        world.quiet()
        await send(world, world.maya, person=world.accounts[world.jon])
        assert shown(world, world.maya) is None
        await world.settle()
        world.unexpected()


async def test_not_a_fit_takes_a_reason_of_the_agreement(patient):
    """The form closes, and the reminder tells the reason."""
    async with reminded(patient) as world:
        await chosen(world, "Not a fit")
        await send(world, world.maya, reason="student", words="writes a thesis")
        assert shown(world, world.maya) is None
        await world.settle()
        assert "Dana Reyes: Not a fit: student" in said(world, world.maya)[0]
        world.unexpected()


async def test_a_form_about_a_lead_that_is_gone_says_so(patient):
    """What the CRM took away while the form was open is told in the form's place."""
    async with reminded(patient) as world:
        await chosen(world, "Log details")
        await world.happens("lead.deleted", id="Dana")
        await send(world, world.maya, outcome="no_answer")
        view = shown(world, world.maya)
        assert (words(view), "submit" in view.definition) == (answers.UNCHANGED["gone"], False)
        world.unexpected()


async def test_sent_twice_is_taken_once(patient):
    """The same submission again, as after a lost acknowledgement, changes nothing more."""
    async with reminded(patient) as world:
        await chosen(world, "Log details")
        await send(world, world.maya, outcome="connected")
        await world.settle()
        world.expect("chat.update")
        assert (await world.slack.repeat_last()).acknowledged
        await world.settle()
        world.quiet()


# --- a busy database -----------------------------------------------------------------------------------------


async def test_an_answer_that_takes_long_is_acknowledged_in_time_and_kept(patient, monkeypatch):
    """The writer comes free after Slack's patience would be at its end: the view says so, then that it is done."""
    monkeypatch.setattr(forms, "AFTER_ACK", 0.05)
    async with reminded(patient) as world:
        await chosen(world, "Log details")
        with held(patient):
            result = await send(world, world.maya, outcome="connected")
            assert (result.acknowledged, result.elapsed < 3) == (True, True)
            assert words(shown(world, world.maya)).startswith("Taking a moment longer…")
        await world.slack.wait_for(lambda: words(shown(world, world.maya)).startswith("Done."))
        await world.settle()
        world.expect("chat.update")


async def test_an_answer_that_cannot_be_kept_loses_nothing_that_was_typed(patient, monkeypatch):
    """The writer is held for longer than we wait: the form comes again as it was filled in, and works then."""
    monkeypatch.setattr(forms, "AFTER_ACK", 0.05)
    async with reminded(patient) as world:
        await chosen(world, "Log details")
        with held(patient):
            await send(world, world.maya, outcome="connected", note="An hour's talk")
            await world.slack.wait_for(lambda: words(shown(world, world.maya)) == answers.BUSY)
        world.quiet()
        await send(world, world.maya)
        assert shown(world, world.maya) is None
        await world.settle()
        world.expect("chat.update")


async def test_a_form_that_was_closed_meanwhile_stays_closed(patient, monkeypatch):
    """Nobody is shown a view again that they closed; the answer counts all the same."""
    monkeypatch.setattr(forms, "AFTER_ACK", 0.05)
    async with reminded(patient) as world:
        view = await chosen(world, "Log details")
        with held(patient):
            await send(world, world.maya, outcome="connected")
            await world.slack.people.close_view(world.accounts[world.maya], view.id)
        await world.slack.wait_for(lambda: world.slack.calls("views.update"))
        assert [call.answer["error"] for call in world.slack.calls("views.update")] == ["not_found"]
        assert shown(world, world.maya) is None
        await world.settle()
        world.expect("chat.update")


# --- reading -------------------------------------------------------------------------------------------------


def entered(**values):
    """The state of a form."""
    return Entered({name: {VALUE: state} for name, state in values.items()})


def picked(kind, value):
    options = [{"text": {"type": "plain_text", "text": value}, "value": value}]
    return outgoing.state_of({"type": kind, "options": options}, value)


NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
WHOLE = {
    "kind": picked("static_select", "meeting"),
    "outcome": picked("radio_buttons", "asked_to_be_called"),
    "at": outgoing.state_of({"type": "datetimepicker"}, int(NOON.timestamp())),
    "call_back_at": outgoing.state_of({"type": "datetimepicker"}, int(NOON.timestamp()) + 60),
    "note": outgoing.state_of({"type": "plain_text_input"}, "  two\nlines "),
    "next_step": outgoing.state_of({"type": "plain_text_input"}, " \n"),
}


def test_log_details_are_read_as_entered():
    """Texts lose the space around them, instants are UTC, what is blank is nothing."""
    assert read_log(entered(**WHOLE)) == Logged(
        "meeting", "asked_to_be_called", NOON, "two\nlines", None, NOON + timedelta(minutes=1)
    )


@pytest.mark.parametrize("field", ["kind", "outcome", "at"])
def test_what_is_missing_is_asked_for(field):
    """A form without what it must hold, as an old client may send it, is no crash."""
    rest = {name: state for name, state in WHOLE.items() if name != field}
    for values in (rest, rest | {field: {}}, rest | {field: {"type": "x", "selected_option": None}}):
        found = read_log(entered(**values))
        assert (type(found), found.field) == (Faulty, field)
