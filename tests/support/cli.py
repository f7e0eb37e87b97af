"""`winbell` called in this process: the same words in, the same exit code and output out, without a second's start."""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unittest import mock

from bot import cli
from tests.support.fresh import untouched_logging

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str


def winbell(*words: str | Path) -> Said:
    """Run one command in the present working folder with the present environment."""
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.object(sys, "argv", ["winbell", *map(str, words)]),
        untouched_logging(),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        code = _code_of(cli.main)
    return Said(code, out.getvalue(), err.getvalue())


def _code_of(command: Any) -> int:
    try:
        command()
    except SystemExit as end:
        return int(end.code or 0)
    return 0
