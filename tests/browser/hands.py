"""What people do on the page, in their words: look as somebody, go somewhere, send an event, move the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.async_api import expect

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page


def messages(page: Page, text: str | None = None) -> Locator:
    """The messages shown, or those that hold a text."""
    shown = page.locator("#messages li.message")
    return shown if text is None else shown.filter(has_text=text)


async def look_as(page: Page, name: str) -> None:
    """Take somebody's eyes."""
    await page.get_by_label("Looking as").select_option(label=name)


async def go(page: Page, place: str) -> None:
    """Go to a channel, to the direct messages (`Winbell`) or to the app's Home."""
    await page.get_by_role("navigation").get_by_role("button", name=place).first.click()
    await expect(page.locator("#title")).to_contain_text(place, ignore_case=True)


async def send(page: Page, sample: str) -> None:
    """Send a sample event, as it is; the bot has stored it."""
    chosen = page.locator("#sample-list").get_by_role("button", name=sample).first
    await chosen.click()
    await expect(chosen).to_have_attribute("aria-expanded", "true")
    await page.get_by_role("button", name="Send event").click()
    await expect(page.locator("#sample-answer")).to_contain_text("202")


async def move(page: Page, how: str) -> None:
    """Move the clock; returns when it was moved."""
    button = page.locator("#moves").get_by_role("button", name=how)
    before = await page.locator("#clock-now").text_content()
    await button.click()
    await expect(page.locator("#clock-now")).not_to_have_text(before or "")
    await expect(button).to_be_enabled()


async def say(page: Page, text: str) -> None:
    """Type a message or a command and send it."""
    field = page.get_by_label("Message or slash command")
    await field.fill(text)
    await field.press("Escape")
    await field.press("Enter")


def menu_of(page: Page, reminder: Locator, lead: str) -> Locator:
    """The menu beside a lead that waits."""
    button = page.get_by_role("button", name=f"Contacted: {lead}", exact=False)
    return reminder.locator(".b-actions").filter(has=button).get_by_role("button", name="More actions")


async def choose(page: Page, reminder: Locator, entry: str, lead: str) -> Locator:
    """Choose an entry of a lead's menu; returns the form."""
    await menu_of(page, reminder, lead).click()
    await page.get_by_role("menuitem", name=entry, exact=True).click()
    form = page.get_by_role("dialog")
    await expect(form.get_by_role("heading")).to_have_text(entry)
    await expect(form.get_by_role("button", name="Cancel")).to_be_visible()
    await expect(form).to_contain_text(lead)
    return form
