"""A lead's menu and its forms as a person uses them: by mouse and by keyboard, on a screen and on a phone."""

import pytest
from playwright.async_api import expect

from tests.browser.hands import choose, go, look_as, menu_of, messages
from tests.browser.pictures import picture
from tests.support.demo import opened

pytestmark = pytest.mark.asyncio(loop_scope="module")

LEAD = "Freya Holm"


async def reminded(page):
    """Maya looks at her reminder of Freya Holm."""
    await look_as(page, "Maya Okafor")
    await go(page, "Winbell")
    return messages(page, LEAD).first


async def test_details_are_logged_and_what_is_missing_is_asked_for(tmp_path, window):
    """Slack's own check and the bot's stand at their fields, what was entered stays, and the reminder tells the end."""
    async with opened(tmp_path) as demo:
        page = await window(demo.slack.url)
        reminder = await reminded(page)
        form = await choose(page, reminder, "Log details", LEAD)
        await form.get_by_label("Note").fill("She is in a meeting.\nHer colleague picked up.")
        await picture(page, "log-details", form)
        await form.get_by_role("button", name="Save").click()
        await expect(form.locator(".error").first).to_have_text("Please complete this required field.")
        await form.get_by_label("Asked to be called").check()
        await form.get_by_role("button", name="Save").click()
        await expect(form).to_contain_text("When did they ask to be called?")
        await expect(form.get_by_label("Note")).to_have_value(
            "She is in a meeting.\nHer colleague picked up."
        )
        await expect(form.get_by_label("Asked to be called")).to_be_checked()
        await form.get_by_label("Reached them").check()
        await form.get_by_role("button", name="Save").click()
        await expect(form).to_be_hidden()
        await expect(reminder).to_contain_text(f"{LEAD}, Saltmarsh Energy · Log details: call, reached them")
        assert demo.slack.failures == []


async def test_a_lead_is_snoozed(tmp_path, window):
    """A suggested time is one press away, an exact one wins; the form says how often it may still be done."""
    async with opened(tmp_path) as demo:
        page = await window(demo.slack.url)
        reminder = await reminded(page)
        form = await choose(page, reminder, "Snooze", LEAD)
        await expect(form).to_contain_text("3 snoozes left for this lead.")
        await picture(page, "snooze", form)
        await form.get_by_label("Or exactly at").fill("2026-11-20T08:00")
        await form.get_by_role("button", name="Snooze").click()
        await expect(form).to_contain_text("Choose a time in the future.")
        await form.get_by_label("Or exactly at").fill("")
        await form.get_by_role("radio").nth(1).check()
        await form.get_by_role("button", name="Snooze").click()
        await expect(form).to_be_hidden()
        await expect(reminder).to_contain_text("Snooze: until")
        form = await choose(page, reminder, "Snooze", LEAD)
        await expect(form).to_contain_text("2 snoozes left for this lead.")


async def test_a_lead_is_handed_over_and_accepted(tmp_path, window):
    """Until the new owner accepts it is the old one's; the question is answered in place."""
    async with opened(tmp_path) as demo:
        page, theirs = await window(demo.slack.url), await window(demo.slack.url)
        reminder = await reminded(page)
        form = await choose(page, reminder, "Hand over", LEAD)
        await form.get_by_label("To whom?").select_option(label="@Maya Okafor")
        await form.get_by_role("button", name="Hand over").click()
        await expect(form.locator(".error").first).to_be_visible()
        await form.get_by_label("To whom?").select_option(label="@Rui Costa")
        await form.get_by_label("Why?").fill("You know their trade.")
        await form.get_by_role("button", name="Hand over").click()
        await expect(form).to_be_hidden()
        await expect(reminder).to_contain_text("Hand over: waiting for Rui Costa")
        await look_as(theirs, "Rui Costa")
        await go(theirs, "Winbell")
        question = messages(theirs, "would you take this lead over?")
        await expect(question).to_contain_text("You know their trade.")
        await question.get_by_role("button", name=f"Accept: {LEAD}").click()
        await expect(messages(theirs, "This lead is yours now")).to_contain_text(LEAD)
        await expect(reminder).to_contain_text("Hand over: now with Rui Costa")


async def test_a_lead_is_not_a_fit_on_a_phone(tmp_path, window):
    """On a phone menu and form are within the screen, and the reason is told in the reminder."""
    async with opened(tmp_path) as demo:
        page = await window(demo.slack.url, phone=True)
        await look_as(page, "Maya Okafor")
        await page.get_by_role("button", name="Channels", exact=True).click()
        await go(page, "Winbell")
        reminder = messages(page, LEAD).first
        await menu_of(page, reminder, LEAD).click()
        entries = page.get_by_role("menuitem")
        await expect(entries).to_have_text(["Log details", "Snooze", "Hand over", "Not a fit"])
        await within_the_screen(page, entries)
        await page.keyboard.press("Escape")
        form = await choose(page, reminder, "Not a fit", LEAD)
        await within_the_screen(page, form.locator(".ticks label, button, textarea"))
        await form.get_by_label("no budget").check()
        await form.get_by_label("For marketing").fill("Until the spring.")
        await form.get_by_role("button", name="Not a fit").click()
        await expect(form).to_be_hidden()
        await expect(reminder).to_contain_text("Not a fit: no budget")


async def within_the_screen(page, parts):
    """Each part, once it is scrolled to, is seen from edge to edge."""
    for part in await parts.all():
        await part.scroll_into_view_if_needed()
        box = await part.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= page.viewport_size["width"]


async def test_menu_and_form_work_by_keyboard(tmp_path, window):
    """Enter opens, arrows choose, the first field has the focus, Escape leads back to where one was."""
    async with opened(tmp_path) as demo:
        page = await window(demo.slack.url)
        reminder = await reminded(page)
        menu = menu_of(page, reminder, LEAD)
        await menu.press("Enter")
        await expect(page.get_by_role("menuitem", name="Log details")).to_be_focused()
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        form = page.get_by_role("dialog")
        await expect(form.get_by_role("radio").first).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(form).to_be_hidden()
        await expect(menu).to_be_focused()
        await menu.press("Enter")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await expect(form.get_by_role("radio").first).to_be_focused()
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await expect(form).to_be_hidden()
        await expect(reminder).to_contain_text("Snooze: until")
        assert demo.slack.failures == []


async def test_a_form_is_closed_by_a_second_escape_too(tmp_path, window):
    """A browser closes a dialog on the second Escape whatever the page says; the form can be opened again."""
    async with opened(tmp_path) as demo:
        page = await window(demo.slack.url)
        reminder = await reminded(page)
        form = await choose(page, reminder, "Snooze", LEAD)
        await page.keyboard.press("Escape")
        await page.keyboard.press("Escape")
        await expect(form).to_be_hidden()
        form = await choose(page, reminder, "Log details", LEAD)
        await expect(form.get_by_label("Note")).to_be_visible()


async def test_a_form_that_slack_does_not_open_is_told(tmp_path, window):
    """Slack misbehaves: whoever chose reads that nothing was changed, and the next press works."""
    async with opened(tmp_path) as demo:
        page = await window(demo.slack.url)
        reminder = await reminded(page)
        demo.slack.fail_next("views.open", "500")
        await menu_of(page, reminder, LEAD).click()
        await page.get_by_role("menuitem", name="Snooze").click()
        await expect(messages(page, "The form could not be opened in time")).to_have_count(1)
        await choose(page, reminder, "Snooze", LEAD)
