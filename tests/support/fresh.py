"""What a command leaves behind in its process, put back for the next test."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def untouched_logging() -> Iterator[None]:
    """Whatever is set up inside, logging is as before afterwards."""
    loggers = (logging.getLogger(), logging.getLogger("winbell"))
    before = [(logger, logger.level, list(logger.handlers)) for logger in loggers]
    try:
        yield
    finally:
        for logger, level, handlers in before:
            logger.setLevel(level)
            logger.handlers[:] = handlers
