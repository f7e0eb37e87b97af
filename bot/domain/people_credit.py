"""People's part of a win: the owner's and that of everybody who helped, with shares of 1 and exact amounts."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from bot.domain.agreement import fold
from bot.domain.money import split

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Contributor:
    """Somebody who helped to win, in a role; `share` is a part of 1, None where the deal does not tell one."""

    email: str
    role: str | None = None
    share: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A person's part of a win: a share of 1, and minor units of its currency. No e-mail: an unknown owner."""

    email: str | None
    role: str | None
    share: Fraction
    minor: int


def parts(
    total_minor: int,
    owner: str | None,
    contributors: Iterable[Contributor],
    by_role: Mapping[str, Decimal],
) -> tuple[Part, ...]:
    """Return everybody's part, the owner's first; shares sum to 1 and amounts to `total_minor` exactly.

    A contributor has the share that the deal tells, else that of their role in `by_role` (roles compared by `fold`),
    else 0. The owner has the rest. Shares above 1 together are divided by their sum, and the owner has 0. Who is there
    twice is one part: shares are added, different roles are joined by a comma. An unknown owner keeps the owner's
    part, without an e-mail. Amounts are split as credits are (`money.split`). ValueError for a share below 0.
    """
    shares: dict[str | None, Fraction] = {owner: Fraction(0)}
    roles: dict[str | None, dict[str, str]] = {owner: {}}
    given = Fraction(0)
    for helper in contributors:
        share = _share(helper, by_role)
        given += share
        shares[helper.email] = shares.get(helper.email, Fraction(0)) + share
        known = roles.setdefault(helper.email, {})
        if helper.role and fold(helper.role):
            known.setdefault(fold(helper.role), helper.role)
    if given > 1:
        shares = {email: share / given for email, share in shares.items()}
    else:
        shares[owner] += 1 - given
    return tuple(
        Part(email, ", ".join(roles[email].values()) or None, share, minor)
        for (email, share), minor in zip(
            shares.items(), split(total_minor, list(shares.values())), strict=True
        )
    )


def _share(helper: Contributor, by_role: Mapping[str, Decimal]) -> Fraction:
    if helper.share is not None:
        if helper.share < 0:
            raise ValueError(f"a share is at least 0; {helper.share} of {helper.email} is not")
        return helper.share
    return Fraction(by_role.get(fold(helper.role or ""), 0))
