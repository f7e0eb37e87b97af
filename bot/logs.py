"""Logging: one line a record, no secrets, no control characters from outside."""

from __future__ import annotations

import logging
import re
import sys
from typing import Final

_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SECRET: Final = re.compile(
    r"(xox[a-z]-|xapp-|whsec_|Bearer\s+|ticket=)[A-Za-z0-9+/=_.\-]+|(://[^:/@\s]+:)[^@\s]+(?=@)"
)


def log_of(name: str) -> logging.Logger:
    """The logger of a module, under `winbell`."""
    return logging.getLogger(f"winbell.{name.removeprefix('bot.')}")


class LineFormatter(logging.Formatter):
    """`time level logger message key=value …` on one line; line breaks and escape codes from outside are escaped."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, with the record's extra values; a traceback keeps its lines, indented."""
        extras = " ".join(
            f"{key}={value!r}" if " " in str(value) else f"{key}={value}"
            for key, value in vars(record).items()
            if key not in _STANDARD
        )
        line = f"{self.formatTime(record)} {record.levelname.lower()} {record.name} {record.getMessage()} {extras}"
        line = without_secrets(_CONTROL.sub(lambda m: f"\\x{ord(m.group()):02x}", line.rstrip()))
        if record.exc_info:
            trace = self.formatException(record.exc_info)
            line += "\n    " + without_secrets(trace).replace("\n", "\n    ")
        return line


def without_secrets(text: str) -> str:
    """The text with anything that looks like a token, or a password in an address, left out."""
    return _SECRET.sub(lambda m: (m.group(1) or m.group(2)) + "…", text)


def set_up(level: str = "INFO") -> None:
    """Log to standard error. The libraries' own chatter is kept to warnings."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("winbell").setLevel(level)
    # Bolt warns of a token in the environment that we do use.
    logging.getLogger("slack_bolt").setLevel(logging.ERROR)
