"""The pictures of README and docs, taken by the scenarios themselves when WINBELL_PICTURES=write."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page

IMAGES = Path(__file__).parents[2] / "docs" / "images"
WINDOW = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


async def picture(what: Page | Locator, name: str) -> None:
    """Take a picture of a window or a part of it."""
    if os.environ.get("WINBELL_PICTURES") == "write":
        IMAGES.mkdir(parents=True, exist_ok=True)
        await what.screenshot(path=IMAGES / f"{name}.png", animations="disabled", caret="hide")
