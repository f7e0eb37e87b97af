"""Which agreement is in force, and since when."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from bot.store import agreements

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.agreement import Agreement
    from bot.store.database import Session


def put_in_force(session: Session, agreement: Agreement, body: str, now: datetime) -> bool:
    """Keep an agreement with when it came in force; False if it is the one in force already.

    The first agreement of a database changes nothing that was computed before.
    """
    # What the text leads to counts, too: rates from a file, holidays of a newer calendar.
    digest = hashlib.sha256(
        f"{body}\n{agreement.rates}\n{sorted(agreement.calendar.closed)}".encode()
    ).hexdigest()
    before = agreements.in_force(session)
    if before is not None and before[0] == digest:
        return False
    agreements.put_in_force(session, digest=digest, name=agreement.name, body=body, now=now)
    return before is not None
