"""The pictures of README and docs, taken by the scenarios themselves when WINBELL_PICTURES=write."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page

IMAGES = Path(__file__).parents[2] / "docs" / "images"
WINDOW = {"width": 1280, "height": 800}
TALL = 1600
PHONE = {"width": 390, "height": 844}


async def picture(page: Page, name: str, part: Locator | None = None) -> None:
    """Take a picture of a window, or of a part of it alone."""
    if os.environ.get("WINBELL_PICTURES") != "write":
        return
    IMAGES.mkdir(parents=True, exist_ok=True)
    await page.mouse.move(0, 0)  # what shows under the pointer, or where the focus is, is not meant
    await page.evaluate("document.activeElement?.blur()")
    options = {"path": IMAGES / f"{name}.png", "animations": "disabled", "caret": "hide"}
    if part is None:
        await page.screenshot(**options)
        return
    size = page.viewport_size or WINDOW
    await page.set_viewport_size(size | {"height": TALL})  # a part that does not fit would be cut
    await part.screenshot(**options, style="#messages li.day { visibility: hidden }")
    await page.set_viewport_size(size)
