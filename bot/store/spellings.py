"""How some names are shown: channels, assets and campaigns are written as the earliest event wrote them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import and_, bindparam, or_, select

from bot.store.sql import table_of
from bot.store.tables import SpellingRow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

S = table_of(SpellingRow).c

Name: TypeAlias = tuple[str, str]
"""The kind of a name (`asset`, `campaign`, `channel`), and its folded form."""


def written(session: Session, names: Iterable[Name]) -> dict[Name, str]:
    """How these names are shown, as far as they are known; one query that reads these names only."""
    wanted = set(names)
    if not wanted:
        return {}
    told = {kind: sorted(folded for of, folded in wanted if of == kind) for kind in _KINDS}
    rows = session.execute(_WRITTEN, told)
    return {(kind, folded): text for kind, folded, text in rows}


_KINDS = ("asset", "campaign", "channel")


def _one_kind(kind: str) -> Any:
    return and_(S.kind == kind, S.folded.in_(bindparam(kind, expanding=True)))


_WRITTEN = select(S.kind, S.folded, S.written).where(or_(*map(_one_kind, _KINDS)))
