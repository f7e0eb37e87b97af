"""Which agreement is in force, and since when."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from bot.store import agreements

if TYPE_CHECKING:
    from datetime import datetime

    from bot.store.database import Session


def put_in_force(session: Session, name: str, body: str, now: datetime) -> bool:
    """Keep an agreement with when it came in force; False if it is the one in force already.

    The first agreement of a database changes nothing that was computed before.
    """
    digest = hashlib.sha256(body.encode()).hexdigest()
    before = agreements.in_force(session)
    if before is not None and before[0] == digest:
        return False
    agreements.put_in_force(session, digest=digest, name=name, body=body, now=now)
    return before is not None
