"""Commands, presses, forms and events, to a bot of Slack's own framework, over both transports."""

import asyncio

import pytest

from bot.errors import NotFoundError, UsageError
from tests.playground.kit import actions, button, home, modal, option, plain, section, select, text_input


async def test_a_command_reaches_the_bot_and_its_ack_is_seen_by_one_person(slack, bot, connect):
    """The bot gets command, text, person and channel; a text in the ack is shown to that person alone."""
    heard = []

    @bot.command("/pipeline")
    async def pipeline(ack, command):
        heard.append(
            {name: command[name] for name in ("command", "text", "user_id", "channel_id", "channel_name")}
        )
        await ack("two deals")

    async with connect(bot):
        result = await slack.slash("/pipeline", "mine", "UANA", "wins")
    channel = slack.channel("wins")
    assert heard == [
        {
            "command": "/pipeline",
            "text": "mine",
            "user_id": "UANA",
            "channel_id": channel,
            "channel_name": "wins",
        }
    ]
    assert (result.acknowledged, result.ack_status, slack.failures) == (True, 200, [])
    (seen,) = slack.ephemerals("UANA")
    assert (seen.text, seen.channel, seen.source) == ("two deals", channel, "ack")
    assert [(call.method, call.args["text"]) for call in slack.posts()] == [("ack", "two deals")]


async def test_a_global_shortcut_reaches_the_bot_and_opens_a_view(slack, bot, connect):
    """The bot gets the callback id, the person and a trigger; there is no channel and no address to answer to."""
    heard = []

    @bot.shortcut("add")
    async def add(ack, body, client):
        heard.append({name: body.get(name) for name in ("type", "callback_id", "channel", "response_url")})
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal(text_input("name")))

    async with connect(bot):
        result = await slack.shortcut("add", "UANA")
        await slack.wait_for(lambda: slack.views("UANA"))
    assert heard == [{"type": "shortcut", "callback_id": "add", "channel": None, "response_url": None}]
    assert (result.acknowledged, slack.failures) == (True, [])
    with pytest.raises(NotFoundError):
        await slack.shortcut("add", "UNOBODY")


async def test_an_ack_may_carry_blocks_for_everybody(slack, bot, connect):
    """With response_type in_channel the answer becomes a message of the channel."""

    @bot.command("/wins")
    async def wins(ack):
        await ack(text="wins", blocks=[section("*wins*")], response_type="in_channel")

    async with connect(bot):
        await slack.slash("/wins", "", "UANA", "wins")
    assert [(message.text, message.blocks) for message in slack.messages("wins")] == [
        ("wins", [section("*wins*")])
    ]
    assert slack.ephemerals("UANA") == []


async def test_an_ack_that_slack_could_not_show_is_a_failure(slack, bot, connect):
    """Blocks without a text, or over a limit, in an ack are noted and shown to nobody."""

    @bot.command("/wins")
    async def wins(ack):
        await ack(text="x", blocks=[section("x" * 3001)])

    async with connect(bot):
        await slack.slash("/wins", "", "UANA", "wins")
    assert [(failure.kind, slack.ephemerals("UANA")) for failure in slack.failures] == [("bad_answer", [])]


@pytest.mark.parametrize(("user", "channel"), [("UNOBODY", "wins"), ("UANA", "nowhere"), ("UANA", "board")])
async def test_a_command_is_typed_by_somebody_where_they_are(slack, user, channel):
    """An unknown person or channel, a private channel of others: an error of the test, not of the bot."""
    slack.add_channel("board", private=True, members=["UBEN"])
    with pytest.raises(NotFoundError):
        await slack.slash("/pipeline", "", user, channel)


async def test_a_press_brings_the_message_and_what_the_button_carries(slack, bot, connect, call):
    """The bot gets action, block, value, person, channel and the message; its answer replaces the message."""
    heard = []

    @bot.action("contacted")
    async def contacted(ack, body, respond):
        await ack()
        (action,) = body["actions"]
        heard.append((action["value"], action["block_id"], body["user"]["id"], body["message"]["ts"]))
        await respond(text="Contacted", replace_original=True)

    blocks = [actions(button("contacted", value="L-1"), block_id="lead")]
    posted = await call("chat.postMessage", channel="UANA", text="One lead waits", blocks=blocks)
    async with connect(bot):
        result = await slack.press(posted["channel"], posted["ts"], "contacted", "UANA")
        (message,) = await slack.wait_for(
            lambda: [one for one in slack.messages(slack.dm("UANA")) if one.edited]
        )
    assert (result.acknowledged, heard) == (True, [("L-1", "lead", "UANA", posted["ts"])])
    assert (message.ts, message.text, message.blocks) == (posted["ts"], "Contacted", [])


async def test_a_button_is_pressed_only_while_it_is_shown(slack, call, bot, connect):
    """After the message changed, a press is an error of the test unless it is declared stale."""
    heard = []

    @bot.action("contacted")
    async def contacted(ack, body):
        heard.append(body["actions"][0]["value"])
        await ack()

    blocks = [actions(button("contacted", value="L-1"))]
    posted = await call("chat.postMessage", channel="wins", text="x", blocks=blocks)
    where = (posted["channel"], posted["ts"], "contacted", "UANA")
    await call("chat.update", channel=posted["channel"], ts=posted["ts"], text="settled")
    async with connect(bot):
        with pytest.raises(NotFoundError, match="contacted"):
            await slack.press(*where)
        assert (await slack.press(*where, value="L-1", stale=True)).acknowledged
        with pytest.raises(NotFoundError, match=r"1\.000001"):
            await slack.press(posted["channel"], "1.000001", "contacted", "UANA")
        assert (
            await slack.press(posted["channel"], "1.000001", "contacted", "UANA", value="L-2", stale=True)
        ).error is None
    assert heard == ["L-1", "L-2"]


async def test_one_of_many_equal_buttons_is_named_by_its_block_or_value(slack, call, bot, connect):
    """The same action id in several blocks needs the block id, or the value that only one carries."""
    heard = []

    @bot.action("contacted")
    async def contacted(ack, body):
        heard.append((body["actions"][0]["block_id"], body["actions"][0]["value"]))
        await ack()

    blocks = [actions(button("contacted", value=name), block_id=f"lead-{name}") for name in ("A", "B")]
    posted = await call("chat.postMessage", channel="wins", text="x", blocks=blocks)
    where = (posted["channel"], posted["ts"], "contacted", "UANA")
    async with connect(bot):
        with pytest.raises(UsageError, match="lead-A, lead-B"):
            await slack.press(*where)
        await slack.press(*where, block_id="lead-A")
        await slack.press(*where, value="B")
    assert heard == [("lead-A", "A"), ("lead-B", "B")]


async def test_a_choice_in_a_menu_brings_the_whole_option(slack, call, bot, connect):
    """The option chosen comes with its text; one that is not offered cannot be chosen."""
    heard = []

    @bot.action("choose")
    async def choose(ack, body):
        heard.append(body["actions"][0]["selected_option"])
        await ack()

    blocks = [section(accessory=select(options=[option("a", "A"), option("b", "B")]))]
    posted = await call("chat.postMessage", channel="wins", text="x", blocks=blocks)
    where = (posted["channel"], posted["ts"], "choose", "UANA")
    async with connect(bot):
        await slack.press(*where, selected_option="b")
        with pytest.raises(UsageError, match="there are a, b"):
            await slack.press(*where, selected_option="c")
    assert heard == [option("b", "B")]


async def test_one_of_many_equal_menus_is_named_by_its_entry(slack, call, bot, connect):
    """An entry of an overflow menu says by its value which of the menus it was chosen in."""
    heard = []

    @bot.action("menu")
    async def chosen(ack, action):
        heard.append((action["block_id"], action["type"], action["selected_option"]))
        await ack()

    def menu(name):
        entries = [option(f"log:{name}", "Log"), option(f"snooze:{name}", "Snooze")]
        return actions({"type": "overflow", "action_id": "menu", "options": entries}, block_id=f"lead-{name}")

    posted = await call("chat.postMessage", channel="wins", text="x", blocks=[menu("A"), menu("B")])
    async with connect(bot):
        await slack.press(posted["channel"], posted["ts"], "menu", "UANA", value="snooze:B")
    assert heard == [("lead-B", "overflow", option("snooze:B", "Snooze"))]


async def test_what_one_person_alone_sees_can_be_pressed_by_them(slack, call, bot, connect):
    """A press on an ephemeral message comes without a copy of it; the answer replaces it for that person."""
    heard = []

    @bot.action("undo")
    async def undo(ack, body, respond):
        await ack()
        heard.append((body["container"]["is_ephemeral"], "message" in body))
        await respond(text="Undone", replace_original=True)

    blocks = [actions(button("undo"))]
    sent = await call("chat.postEphemeral", channel="wins", user="UANA", text="x", blocks=blocks)
    async with connect(bot):
        with pytest.raises(NotFoundError):
            await slack.press("wins", sent["message_ts"], "undo", "UBEN")
        await slack.press("wins", sent["message_ts"], "undo", "UANA")
        (seen,) = await slack.wait_for(lambda: [one for one in slack.ephemerals("UANA") if one.edited])
    assert (heard, seen.text, slack.messages("wins")) == ([(True, False)], "Undone", [])


def form_bot(bot, answer):
    """Let the bot open a form on a press and acknowledge its submission with `answer`."""
    submitted = []

    @bot.action("log")
    async def log(ack, body, client):
        await ack()
        kind = {"type": "static_select", "action_id": "kind", "options": [option("call", "Call")]}
        blocks = [
            {"type": "input", "block_id": "kind", "label": plain("Kind"), "element": kind},
            text_input("note", optional=True),
        ]
        view = modal(*blocks, callback_id="form", private_metadata="L-1", notify_on_close=True)
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @bot.view("form")
    async def form(ack, view):
        submitted.append((view["private_metadata"], view["state"]["values"]))
        await ack(**answer)

    @bot.view_closed("form")
    async def closed(ack):
        submitted.append("closed")
        await ack()

    return submitted


@pytest.fixture
def open_form(slack, call):
    async def run():
        posted = await call("chat.postMessage", channel="wins", text="x", blocks=[actions(button("log"))])
        await slack.press("wins", posted["ts"], "log", "UANA")
        return (await slack.wait_for(lambda: slack.views("UANA")))[0].id

    return run


FILLED = {"kind": {"kind": "call"}}


async def test_a_form_brings_what_was_entered_and_closes(slack, bot, connect, open_form):
    """The submission holds every input's state, empty optional ones too; an empty ack closes the form."""
    submitted = form_bot(bot, {})
    async with connect(bot):
        result = await slack.submit_view("UANA", await open_form(), FILLED)
    kind = {"type": "static_select", "selected_option": option("call", "Call")}
    note = {"type": "plain_text_input", "value": None}
    assert submitted == [("L-1", {"kind": {"kind": kind}, "note": {"value": note}})]
    assert (result.acknowledged, slack.views("UANA"), slack.failures) == (True, [], [])


async def test_a_form_that_slack_would_not_send_is_an_error_of_the_test(slack, bot, connect, open_form):
    """An empty input that must be filled, an unknown block, somebody else's form: nothing is sent."""
    submitted = form_bot(bot, {})
    async with connect(bot):
        view_id = await open_form()
        with pytest.raises(UsageError, match="kind: this input is not optional"):
            await slack.submit_view("UANA", view_id, {})
        with pytest.raises(UsageError, match="no block colour"):
            await slack.submit_view("UANA", view_id, {**FILLED, "colour": {"a": "red"}})
        with pytest.raises(NotFoundError):
            await slack.submit_view("UBEN", view_id, FILLED)
    assert submitted == []


async def test_what_was_there_at_first_stays_unless_it_is_taken_out(slack, bot, connect):
    """A field left alone holds its initial value, an emptied one nothing; radio buttons cannot be emptied."""
    submitted = []

    @bot.view("form")
    async def form(ack, view):
        submitted.append([state["value"] for state in view["state"]["values"].values()])
        await ack(response_action="update", view=view_of_three)

    def field(name, element):
        given = {"action_id": "value", **element}
        return {"type": "input", "block_id": name, "label": plain("x"), "optional": True, "element": given}

    text = {"type": "plain_text_input", "initial_value": "as it was"}
    day = {"type": "datepicker", "initial_date": "2026-11-20"}
    radio = {"type": "radio_buttons", "options": [option("a")], "initial_option": option("a")}
    fields = [field("text", text), field("day", day), field("radio", radio)]
    view_of_three = modal(*fields, callback_id="form")
    view = slack.workspace.open_view("UANA", view_of_three)
    async with connect(bot):
        await slack.submit_view("UANA", view.id, {})
        emptied = {name: {"value": None} for name in ("text", "day", "radio")}
        await slack.submit_view("UANA", view.id, emptied)
    chosen = {"type": "radio_buttons", "selected_option": option("a")}
    assert submitted == [
        [
            {"type": "plain_text_input", "value": "as it was"},
            {"type": "datepicker", "selected_date": "2026-11-20"},
            chosen,
        ],
        [
            {"type": "plain_text_input", "value": None},
            {"type": "datepicker", "selected_date": None},
            chosen,
        ],
    ]


async def test_only_who_is_there_can_be_chosen(slack):
    """Slack's menu of people offers nobody who is unknown or has left."""
    slack.add_user("Cay", id="UCAY", deleted=True)
    person = {"type": "users_select", "action_id": "value"}
    block = {"type": "input", "block_id": "who", "label": plain("x"), "element": person}
    view = slack.workspace.open_view("UANA", modal(block))
    for nobody in ("UNOBODY", "UCAY"):
        with pytest.raises(NotFoundError, match=nobody):
            await slack.submit_view("UANA", view.id, {"who": {"value": nobody}})


async def test_an_answer_to_a_form_that_was_closed_meanwhile_changes_nothing(slack, bot, connect, open_form):
    """Somebody closes the form while the bot still thinks; its errors or views come to nobody."""
    submitted = form_bot(bot, {"response_action": "update", "view": modal(title=plain("Done"))})
    thinking = asyncio.Event()

    @bot.middleware
    async def think(body, next):  # noqa: A002 - what Bolt calls it
        if body["type"] == "view_submission":
            thinking.set()
            await slack.wait_for(lambda: not slack.views("UANA"))
        await next()

    async with connect(bot):
        view_id = await open_form()
        submitting = asyncio.create_task(slack.submit_view("UANA", view_id, FILLED))
        await thinking.wait()
        slack.workspace.close_view(view_id)
        assert (await submitting).acknowledged
    assert (len(submitted), slack.views("UANA"), slack.failures) == (1, [], [])


@pytest.mark.parametrize(
    ("answer", "titles", "failures"),
    [
        ({"response_action": "errors", "errors": {"note": "too short"}}, ["Log"], []),
        ({"response_action": "errors", "errors": {"elsewhere": "x"}}, ["Log"], ["bad_answer"]),
        ({"response_action": "update", "view": modal(title=plain("Done"))}, ["Done"], []),
        ({"response_action": "update", "view": modal(title=plain("x" * 25))}, ["Log"], ["bad_answer"]),
        ({"response_action": "push", "view": modal(title=plain("More"))}, ["Log", "More"], []),
        ({"response_action": "clear"}, [], []),
        ({"response_action": "explode"}, ["Log"], ["bad_answer"]),
    ],
    ids=["errors", "errors elsewhere", "update", "bad update", "push", "clear", "unknown"],
)
async def test_a_form_does_what_its_ack_says(slack, bot, connect, open_form, *, answer, titles, failures):
    """Errors keep the form open, update and push show another view, clear closes all; nonsense is noted."""
    form_bot(bot, answer)
    async with connect(bot):
        await slack.submit_view("UANA", await open_form(), FILLED)
    assert [view.definition["title"]["text"] for view in slack.views("UANA")] == titles
    assert [failure.kind for failure in slack.failures] == failures


async def test_a_form_may_be_closed_without_an_answer(slack, bot, connect, open_form):
    """The bot hears of it because the view asked for that."""
    submitted = form_bot(bot, {})
    async with connect(bot):
        result = await slack.people.close_view("UANA", await open_form())
    assert (result.acknowledged, submitted, slack.views("UANA")) == (True, ["closed"], [])


async def test_the_home_tab_opens_and_its_buttons_work(slack, bot, connect):
    """Opening the tab is an event; the published view can be pressed and brings itself along."""
    heard = []

    @bot.event("app_home_opened")
    async def opened(event, client):
        await client.views_publish(user_id=event["user"], view=home(actions(button("refresh"))))

    @bot.action("refresh")
    async def refresh(ack, body):
        heard.append((body["container"]["type"], body["view"]["type"]))
        await ack()

    async with connect(bot):
        assert (await slack.people.open_home("UANA")).acknowledged
        view = await slack.wait_for(lambda: slack.home("UANA"))
        assert (await slack.press_in_view("UANA", view.id, "refresh")).acknowledged
    assert heard == [("view", "home")]


async def test_a_trigger_id_from_a_press_is_too_old_after_three_seconds(slack, bot, connect, call, clock):
    """A bot that opens its form late is refused by the injected clock."""

    @bot.action("log")
    async def log(ack, body):
        await ack()
        clock.advance(4)
        await call("views.open", trigger_id=body["trigger_id"], view=modal())

    posted = await call("chat.postMessage", channel="wins", text="x", blocks=[actions(button("log"))])
    async with connect(bot):
        await slack.press("wins", posted["ts"], "log", "UANA")
        await slack.wait_for(lambda: slack.calls("views.open"))
    assert [one.answer["error"] for one in slack.calls("views.open")] == ["expired_trigger_id"]


async def test_an_event_comes_in_slacks_envelope(slack, bot, connect):
    """The bot gets the event and its id; one delivery is enough when it is acknowledged."""
    heard = []

    @bot.event("user_change")
    async def changed(event, body):
        heard.append((event["user"]["id"], body["event_id"]))

    async with connect(bot):
        result = await slack.event({"type": "user_change", "user": {"id": "UANA"}}, "Ev1")
        await slack.repeat_last()
    assert (result.event_id, len(result.attempts), await slack.redeliver()) == ("Ev1", 1, [])
    assert heard == [("UANA", "Ev1")] * 2


async def test_nobody_there_is_a_failed_dispatch(slack):
    """Without a bot a command fails with Slackbot's words to the person who typed it."""
    result = await slack.slash("/pipeline", "", "UANA", "wins")
    (seen,) = slack.ephemerals("UANA")
    assert (result.ack_status, result.error) == (0, "dispatch_failed")
    assert (seen.text, seen.source) == ('/pipeline failed with the error "dispatch_failed"', "slack")
    assert [failure.kind for failure in slack.failures] == ["unreachable"]


async def test_a_late_ack_is_a_failure(slack, bot, connect):
    """An ack after the time limit does not count: operation_timeout, and a late_ack on the list."""
    late = asyncio.Event()

    @bot.command("/slow")
    async def slow(ack):
        await late.wait()
        await ack("too late")

    slack.people.ack_seconds = 0.1
    async with connect(bot):
        result = await slack.slash("/slow", "", "UANA", "wins")
        late.set()
    assert (result.error, result.ack_status, result.elapsed >= 0.1) == ("operation_timeout", 0, True)
    assert [failure.kind for failure in slack.failures] == ["late_ack"]
    assert [one.source for one in slack.ephemerals("UANA")] == ["slack"]
