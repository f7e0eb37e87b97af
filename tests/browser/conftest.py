"""A real browser, headless, that looks at the local workspace. Without one the scenarios are skipped by name."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from tests.browser.pictures import PHONE, WINDOW

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
MISSING = "there is no Chromium here (Debian's package is called chromium)"

expect.set_options(timeout=15_000)  # a locator waits for what it looks for; this is when it gives up

Open = Callable[..., Awaitable[Page]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every scenario of this folder carries the marker `browser`."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium. Without it: skipped, or with WINBELL_BROWSER=required failed."""
    found = shutil.which("chromium") or shutil.which("/usr/bin/chromium")
    if found is None and os.environ.get("WINBELL_BROWSER") == "required":
        pytest.fail(MISSING)
    if found is None:
        pytest.skip(MISSING)
    return found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """One headless browser; each window has cookies and storage of its own."""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield running
        await running.close()


@pytest_asyncio.fixture(loop_scope="module")
async def window(browser: Browser) -> AsyncIterator[Open]:
    """Open a window of its own on an address, as another person would; any error on the page fails the scenario."""
    contexts: list[BrowserContext] = []

    async def show(url: str, *, phone: bool = False) -> Page:
        size = PHONE if phone else WINDOW
        context = await browser.new_context(viewport=size, locale="en-GB", reduced_motion="reduce")
        contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", broken)
        page.on("request", lambda request: stays_here(request.url, url))
        await page.goto(url)
        await expect(page.locator("body")).not_to_have_attribute("aria-busy", "true")
        return page

    yield show
    for context in contexts:
        await context.close()


def broken(error: object) -> None:
    """A script of the page failed."""
    raise AssertionError(f"the page failed: {error}")


def stays_here(asked: str, url: str) -> None:
    """Nothing is loaded from elsewhere."""
    assert asked.startswith((url, "data:")), f"the page asked for {asked}"
