"""Every failure Winbell explains to a person. The class says what kind it is, the message what to do next."""

from __future__ import annotations


class WinbellError(Exception):
    """A failure that is explained in one sentence and never shown as a traceback."""


class ConfigError(WinbellError):
    """A setting is missing or wrong; the message names the variable and says what to set."""


class AgreementError(WinbellError):
    """The agreement file is not valid; `problems` holds one line a fault: line, field, what would be valid."""

    def __init__(self, path: str, problems: tuple[str, ...]) -> None:
        self.path = path
        self.problems = problems
        super().__init__(f"{path} is not a valid agreement: " + "; ".join(problems))


class FormatError(WinbellError):
    """A body or a file is not what its source promises; `field` names the place."""

    def __init__(self, field: str, reason: str) -> None:
        self.field = field
        self.reason = reason
        super().__init__(f"{field}: {reason}")


class SignatureError(WinbellError):
    """A request is not signed as agreed, or not in time."""


class TooLargeError(WinbellError):
    """A body is larger than the limit."""


class StorageError(WinbellError):
    """The database cannot store or answer at the moment; the sender should try again."""


class AlreadyRunningError(WinbellError):
    """Another Winbell serves this database file already."""


class NotFoundError(WinbellError):
    """What was asked for by name does not exist."""


class UsageError(WinbellError):
    """A command was called with words it does not understand; the message shows what it does."""
