"""How the page draws messages and takes what people do, in a real browser; skipped where there is no Chromium."""

import asyncio
from dataclasses import replace

import pytest
import pytest_asyncio
from playwright.async_api import expect

from bot.playground.blockkit import check_blocks
from bot.playground.fake_slack import FakeSlack
from tests.browser import conftest as a_browser
from tests.playground.gallery import ELEMENTS, FORM, HOSTILE, NOW, PIE, TEXTS, chart, field, fill
from tests.playground.kit import SECRET, modal
from tests.playground.test_page_tools import REASON

chromium, browser, window = a_browser.chromium, a_browser.browser, a_browser.window
pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.browser]

SHORTCUTS = ({"callback_id": "add_win", "name": "Add a win", "description": "Enter a win"},)
COMMANDS = (("pipeline", "Open deals", "[mine|team]"), ("leads", "Leads that wait", ""))


@pytest_asyncio.fixture(loop_scope="module")
async def slack():
    """The gallery; every message is explained by the same reason."""

    async def explain(channel, ts):
        return replace(REASON, key=f"{channel}:{ts}")

    async with FakeSlack(
        signing_secret=SECRET,
        now=lambda: NOW,
        rate_limit=False,
        commands=COMMANDS,
        shortcuts=SHORTCUTS,
        explain=explain,
    ) as it:
        fill(it)
        yield it


async def test_the_gallery_is_one_that_slack_takes():
    """What is drawn here is what Slack itself would take."""
    assert check_blocks(TEXTS) + check_blocks(ELEMENTS) == []
    assert check_blocks([PIE, chart("bar")]) + check_blocks([chart("line"), chart("area")]) == []


async def test_every_block_is_drawn(slack, window):
    """Texts with their marks, mentions by name, dates in the reader's zone; nothing stays raw."""
    page = await window(slack.url)
    message = page.locator("li.message").first
    for tag, text in (
        ("strong", "bold"),
        ("em", "italic"),
        ("s", "gone"),
        ("code", "code"),
        ("a", "a link"),
        ("a", "another link"),
        (".mention.mine", "@Ana Lima"),
        (".mention", "@Ben Ito"),
        ("time", "today at 5:00 AM"),
        ("time", "yesterday"),
        ("li", "first point"),
        ("li", "step one"),
        ("blockquote", "a quote"),
        ("pre", "kept as typed"),
        ("[role=heading]", "A header 🔔"),
        ("[role=heading]", "A title"),
        ("[role=img]", "The team"),
        ("td", "€1,200"),
        ("td", "d"),
        (".b-container", "inside the box"),
    ):
        await expect(message.locator(tag, has_text=text).first).to_be_visible()
    assert "[" not in await message.inner_text()


async def test_no_text_becomes_markup(slack, window):
    """What looks like HTML in a message is shown as it was typed."""
    page = await window(slack.url)
    await expect(page.get_by_text(HOSTILE)).to_have_count(2)
    await expect(page.locator("#messages img")).to_have_count(0)


async def test_charts_are_pictures_with_words(slack, window):
    """Each chart is drawn, has a legend, says its figures to a screen reader and shows them as a table."""
    page = await window(slack.url)
    await page.get_by_role("button", name="charts").click()
    pictures = page.get_by_role("img")
    assert [await one.get_attribute("aria-label") for one in await pictures.all()] == [
        "Credit by channel, a pie chart. Paid search 75, Email 25",
        *(
            f"{kind} of money, a {kind} chart. "
            "Won: Sep 12,000, Oct 18,000, Nov -4,000; Lost: Sep 5,000, Oct 7,000, Nov 2,500"
            for kind in ("bar", "line", "area")
        ),
    ]
    await expect(page.locator(".legend").first).to_have_text("Paid search · 75 (75%)Email · 25 (25%)")
    shapes = [await page.locator(f".b-chart {tag}.fill").count() for tag in ("path", "rect", "circle")]
    assert shapes == [2, 6, 12]
    await page.get_by_text("As a table").nth(1).click()
    await expect(page.locator("td", has_text="-4,000").first).to_be_visible()


async def test_a_table_of_many_rows_is_turned_page_by_page(slack, window):
    """A data table shows as many rows as it says, and the next ones on request."""
    page = await window(slack.url)
    await expect(page.get_by_text("the second deal")).to_have_count(0)
    await page.get_by_role("button", name="Next").click()
    await expect(page.get_by_text("the second deal")).to_be_visible()
    await expect(page.get_by_text("the first deal")).to_have_count(0)


async def test_the_notification_is_seen_on_focus(slack, window):
    """What a phone would show of a message is there for pointer and keyboard, with names for ids."""
    page = await window(slack.url)
    bubble = page.get_by_role("tooltip").first
    await expect(bubble).to_be_hidden()
    await page.get_by_role("button", name="Notification").first.focus()
    await expect(bubble).to_have_text("All texts for @Ana Lima")


async def test_a_thread_folds(slack, window):
    """Replies stand under their message; their line folds them away and back."""
    page = await window(slack.url)
    line = page.get_by_role("button", name="1 reply")
    reply = page.locator("li.reply")
    await expect(reply).to_be_visible()
    await line.click()
    await expect(reply).to_have_count(0)
    await expect(line).to_be_focused()
    await line.click()
    await expect(reply).to_be_visible()


async def test_commands_are_completed_from_the_manifest(slack, window):
    """A slash offers all commands, letters narrow them, arrows choose, Enter completes, Escape closes."""
    page = await window(slack.url)
    field, offers = (
        page.get_by_label("Message or slash command"),
        page.locator("#offers").get_by_role("option"),
    )
    await field.press_sequentially("/")
    await expect(offers).to_have_count(3)
    await field.press("ArrowDown")
    await expect(page.locator("#offers [aria-selected=true]")).to_contain_text("/leads")
    await field.press("Escape")
    await expect(offers).to_have_count(0)
    await field.press_sequentially("pi")
    await expect(offers).to_have_text(["/pipeline [mine|team]Open deals"])
    await field.press("Enter")
    await expect(field).to_have_value("/pipeline ")
    await expect(page.locator("#usage")).to_have_text("/pipeline [mine|team] · Open deals")


async def test_shortcuts_are_offered_behind_the_commands(slack, window):
    """A slash and the beginning of its name find a shortcut; choosing it leaves the line empty and says what came."""
    page = await window(slack.url)
    field = page.get_by_label("Message or slash command")
    offers = page.locator("#offers").get_by_role("option")
    await field.press_sequentially("/add")
    await expect(offers).to_have_text(["Add a win ShortcutEnter a win"])
    await offers.first.click()
    await expect(field).to_have_value("")
    await expect(page.get_by_text("dispatch_failed").first).to_be_visible()


async def test_a_menu_and_a_question_work_by_keyboard(slack, window):
    """The overflow menu opens on Enter and closes on Escape; a confirm object asks before anything is sent."""
    page = await window(slack.url)
    more = page.get_by_role("button", name="More actions")
    await more.press("Enter")
    await expect(page.get_by_role("menuitem", name="Snooze")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(more).to_be_focused()
    await page.get_by_role("button", name="Drop it").press("Enter")
    await expect(page.get_by_role("dialog")).to_contain_text("It is gone then, @Ben Ito.")
    await page.get_by_role("button", name="No", exact=True).click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert slack.failures == []  # no bot is connected: anything that was sent would stand here


async def test_whatever_is_pressed_or_chosen_is_told_to_the_bot(slack, window):
    """Buttons, menus, people, dates and ticks of a message each make one call, noted as no bot is there."""
    page = await window(slack.url)
    message = page.locator("li.message").nth(1)
    noticed = page.locator("#failures li")
    for number, act in enumerate(
        (
            message.get_by_role("button", name="Contacted").click(),
            message.get_by_label("Until").select_option(label="x"),
            message.get_by_label("Hand over to").select_option(label="@Ben Ito"),
            message.get_by_label("d", exact=True).fill("2026-11-24"),
            message.get_by_label("A tick").check(),
        ),
        start=1,
    ):
        await act
        await expect(noticed).to_have_count(number)
    assert {one.detail for one in slack.failures} == {"block_actions: dispatch_failed 0"}


async def test_a_form_names_every_field_that_stops_it(slack, window):
    """Slack's own checks stand beside their fields, the first of them has the focus, and entries stay."""
    view = slack.workspace.open_view("UANA", FORM)
    page = await window(slack.url)
    await page.get_by_label("Score").fill("1.5")
    await page.get_by_role("button", name="Save").click()
    empty = "Please complete this required field."
    await expect(page.locator(".field .error")).to_have_text([empty, empty, "Write a whole number."])
    await expect(page.get_by_label("Hand over to").last).to_be_focused()
    await expect(page.get_by_label("Score")).to_have_value("1.5")
    slack.workspace.close_view(view.id)
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_somebody_elses_eyes_are_kept(slack, window):
    """An answer that was on its way for the one before does not bring the page back to them."""
    page = await window(slack.url)
    held, released = asyncio.Event(), asyncio.Event()

    async def late(route):
        held.set()
        await released.wait()
        await route.continue_()

    await page.route("**/_/state?*", late)
    slack.journal.tell()
    await held.wait()
    await page.get_by_label("Looking as").select_option(label="Ben Ito")
    released.set()
    await expect(page.locator("#whose-time")).to_contain_text("Tokyo")
    await page.locator("nav [data-place^=D]").click()
    await expect(page.locator("#topic")).to_have_text("Direct messages between the app and you")
    assert "as=UBEN" in page.url


async def test_a_form_keeps_what_was_entered_and_sends_what_was_emptied(slack, window):
    """A view that changes under one's hands keeps the fields that are still there; a cleared field is sent as empty."""
    day = field("day", "Until", "datepicker", initial_date="2026-11-23")
    note = field("note", "Note", "plain_text_input", multiline=True)
    view = slack.workspace.open_view("UANA", modal(day, note))
    page = await window(slack.url)
    await expect(page.get_by_label("Until").last).to_be_focused()
    await page.get_by_label("Note").fill("two\nlines")
    score = field("score", "Score", "number_input", is_decimal_allowed=False)
    slack.workspace.update_view(view.id, modal(score, note, day))
    await expect(page.get_by_label("Note")).to_have_value("two\nlines")
    await expect(page.get_by_label("Note")).to_be_focused()
    await page.get_by_label("Until").last.fill("")
    await page.get_by_role("button", name="Save").click()
    empty = "Please complete this required field."
    await expect(page.locator(".field .error")).to_have_text([empty, empty])
    slack.workspace.close_view(view.id)
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_why_a_message_is_there(slack, window):
    """Events, rule and message in the reader's zone; Escape leads back to where one was."""
    page = await window(slack.url)
    why = page.get_by_role("button", name="Why is it here?").first
    await why.press("Enter")
    panel = page.locator("#why")
    await expect(panel.get_by_role("heading")).to_have_text(
        ["Why is it here?", "1Events", "2Rule", "3Message"]
    )
    await expect(panel).to_contain_text("happened Nov 16, 4:00:00 AM")
    await expect(panel).to_contain_text("The deal was won.")
    await page.keyboard.press("Escape")
    await expect(panel).to_be_hidden()
    await expect(why).to_be_focused()


async def test_a_phone_shows_one_part_at_a_time(slack, window):
    """On a phone nothing is wider than the screen, and channels, messages and CRM are one press away."""
    page = await window(slack.url, phone=True)
    width = "[document.documentElement.scrollWidth, innerWidth]"
    for pane, shown in (("CRM", "aside"), ("Channels", "nav"), ("Messages", "main")):
        await page.get_by_role("button", name=pane, exact=True).click()
        visible = [name for name in ("nav", "main", "aside") if await page.locator(name).is_visible()]
        widest, screen = await page.evaluate(width)
        assert (visible, widest <= screen) == ([shown], True)
    overflowing = """[...document.querySelectorAll('#messages *')]
        .filter((one) => !one.closest('.scroll') && one.getBoundingClientRect().right > innerWidth).length"""
    assert await page.evaluate(overflowing) == 0
