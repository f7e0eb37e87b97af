import pytest, asyncio
from playwright.async_api import expect
from tests.browser.hands import *
from tests.support.demo import opened
pytestmark = pytest.mark.asyncio(loop_scope="module")

async def test_look(tmp_path, window):
    async with opened(tmp_path) as demo:
        page = await window(demo.slack.url, phone=True)
        await look_as(page, "Maya Okafor")
        await say(page, "/leads mine")
        a = messages(page, "Your open leads").last
        await expect(a).to_be_visible()
        await a.get_by_role("button", name="Contacted").first.click()
        await asyncio.sleep(4)
        print(demo.slack.failures, [(c.method, str(c.args)[:300], c.accepted if hasattr(c,"accepted") else "") for c in demo.slack.calls()][-4:])
        print(await messages(page).last.inner_text())
        await messages(page).last.screenshot(path="/tmp/w/cmds/p9.png")
