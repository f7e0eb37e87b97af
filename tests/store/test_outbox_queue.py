"""The outbox as a whole: when to look again, what failed, and the reminders with their leads."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.store.test_outbox import MINUTE, NOW, SECOND, Box, keys

LATER = NOW + 10 * MINUTE
