"""A modal as a person sees it: filled in wrongly, told what is wrong, corrected. The bot behind it is a small one."""

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import expect
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.fake_slack import FakeSlack
from tests.browser.hands import messages, say

pytestmark = pytest.mark.asyncio(loop_scope="module")

SIGNING_SECRET = "signing-secret-of-the-form"
FORM = {
    "type": "modal",
    "callback_id": "call_back",
    "title": {"type": "plain_text", "text": "Plan a call"},
    "submit": {"type": "plain_text", "text": "Save"},
    "close": {"type": "plain_text", "text": "Cancel"},
    "blocks": [
        {
            "type": "input",
            "block_id": "day",
            "label": {"type": "plain_text", "text": "Day"},
            "element": {"type": "plain_text_input", "action_id": "day"},
        }
    ],
}


@pytest_asyncio.fixture(loop_scope="module")
async def slack():
    """A workspace whose app knows the command `/plan` and takes no Sunday."""
    async with FakeSlack(signing_secret=SIGNING_SECRET) as it:
        it.add_user("Ana", "ana@seller.example")
        it.add_channel("wins")
        client = AsyncWebClient(token="xoxb-demo", base_url=it.api_url)
        app = AsyncApp(client=client, signing_secret=SIGNING_SECRET)

        @app.command("/plan")
        async def plan(ack, body, client):
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=FORM)

        @app.view("call_back")
        async def submitted(ack, view):
            day = view["state"]["values"]["day"]["day"]["value"]
            if day == "Sunday":
                await ack(response_action="errors", errors={"day": "Nobody works on a Sunday"})
                return
            await ack()
            await client.chat_postMessage(channel="#wins", text=f"A call is planned for {day}")

        runner = web.AppRunner(app.web_app(path="/slack/events", port=0), shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        it.connect_http(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
        yield it
        await runner.cleanup()
        if client.session is not None:
            await client.session.close()


async def test_a_form_tells_what_is_wrong_and_keeps_what_was_entered(slack, window):
    """The bot's error stands at its field and the form stays open; corrected, it closes and the bot acts."""
    page = await window(slack.url)
    await say(page, "/plan")
    form = page.get_by_role("dialog")
    await expect(form).to_contain_text("Plan a call")
    field = form.get_by_label("Day")
    await field.fill("Sunday")
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_contain_text("Nobody works on a Sunday")
    await expect(field).to_have_value("Sunday")
    await field.fill("Monday")
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_be_hidden()
    await expect(messages(page, "A call is planned for Monday")).to_have_count(1)
