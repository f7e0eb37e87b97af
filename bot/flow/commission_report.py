"""`winbell report wins --split A/B`: how a commission pool would be shared, A % for net new revenue, B % for expansion.

Definition: the commission split of the domain facts. Net new are wins of the kind `new` or of none; expansion are wins
of the kind `expansion`. Renewals are neither, and are left out. A win counts for its people by their shares.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from bot.domain import commission, money
from bot.errors import FormatError, UsageError
from bot.flow.figures import Apart, Report, shown
from bot.flow.won import won_deals
from bot.store import figures as rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.domain.agreement import Agreement
    from bot.flow.figures import Period
    from bot.store.database import Session

POOL: Final = "10000"
"""The pool where none is given, in the agreement's currency."""
_SPLIT: Final = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,4})?)/([0-9]{1,3}(?:\.[0-9]{1,4})?)")
_KINDS: Final = {None: "new", "new": "new", "expansion": "expansion", "renewal": "renewal"}


def preview(
    report: str, split: str | None, pool: str | None
) -> Callable[[Session, Agreement, Period, str | None], Report]:
    """The report that `--split` asks for. UsageError, naming the option, for what is not a split or not a pool."""
    if report != "wins":
        raise UsageError(f"{'--split' if split is not None else '--pool'}: only the report wins has it")
    if split is None:
        raise UsageError("--pool: give --split with it, as --split 80/20")
    part = _part(split)
    return lambda session, agreement, period, by: shared(session, agreement, period, by, part, pool or POOL)


def shared(
    session: Session, agreement: Agreement, period: Period, by: str | None, net_new: Fraction, pool: str
) -> Report:
    """What each person brought and would get of a pool (a decimal amount), `net_new` of which is for net new revenue.

    `pool_share` is a part of 1, before rounding. The total says what is not paid out: a part without revenue.
    """
    if by not in {None, "owner"}:
        raise UsageError(f"--by {by}: a split is shared among people; leave it out")
    whole = _pool(pool, agreement.currency)
    apart = Apart()
    revenue = _revenue(session, agreement, period, apart)
    new, expansion = revenue["new"], revenue["expansion"]
    paid = commission.shares(whole, net_new, new, expansion)
    shares = {name: _share(name, net_new, new, expansion) for name in paid}
    people = rows_of.people_facts(session)

    def row(name: str | None, label: str | None, names: list[str]) -> dict[str, Any]:
        return {
            "name": name,
            "label": label,
            "new": shown(agreement, sum(new.get(each, 0) for each in names)),
            "expansion": shown(agreement, sum(expansion.get(each, 0) for each in names)),
            "pool_share": float(sum((shares[each] for each in names), Fraction(0))),
            "payout": shown(agreement, sum(paid[each] for each in names)),
        }

    rows = tuple(
        row(name or None, (people.get(name, (None,))[0] or name) if name else None, [name])
        for name in sorted(paid, key=lambda each: (not each, each))
    )
    total = row(None, None, list(paid)) | {
        "pool": shown(agreement, whole),
        "net_new_part": float(net_new),
        "not_paid": shown(agreement, whole - sum(paid.values())),
        "renewal": shown(agreement, sum(revenue["renewal"].values())),
    }
    return Report("wins", "owner", period, agreement.currency, rows, total, apart)


def _revenue(
    session: Session, agreement: Agreement, period: Period, apart: Apart
) -> dict[str, dict[str, int]]:
    """What each person (by e-mail, "" for an owner who is not known) has of each kind of revenue, by name."""
    found: dict[str, dict[str, int]] = {kind: {} for kind in ("new", "expansion", "renewal")}
    for one in won_deals(session, agreement, period, apart):
        kind = found[_KINDS.get(one.deal.kind, "new")]
        for email, minor in one.people:
            kind[email or ""] = kind.get(email or "", 0) + minor
    return {kind: dict(sorted(brought.items())) for kind, brought in found.items()}


def _share(name: str, net_new: Fraction, new: Mapping[str, int], expansion: Mapping[str, int]) -> Fraction:
    """A person's exact part of the pool."""
    found = Fraction(0)
    for part, revenue in ((net_new, new), (1 - net_new, expansion)):
        whole = sum(amount for amount in revenue.values() if amount > 0)
        mine = max(0, revenue.get(name, 0))
        found += part * Fraction(mine, whole) if whole else 0
    return found


def _part(split: str) -> Fraction:
    told = _SPLIT.fullmatch(split.strip())
    if told is None or Fraction(told[1]) + Fraction(told[2]) != 100:
        raise UsageError(f"--split {split}: write two parts that are 100 together, net new first, as 80/20")
    return Fraction(told[1]) / 100


def _pool(pool: str, currency: str) -> int:
    try:
        whole = money.parse(pool, currency).minor
    except FormatError as error:
        raise UsageError(f"--pool {pool}: write an amount in {currency}, as 10000") from error
    if whole < 0:
        raise UsageError(f"--pool {pool}: a pool is not below 0")
    return whole
