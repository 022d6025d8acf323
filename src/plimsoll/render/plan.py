"""How a plan looks as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plimsoll.domain.plan import ComponentPlan, Cost, Plan
from plimsoll.domain.quantity import format_duration
from plimsoll.render.table import Table


def tables(document: Plan) -> tuple[Table, ...]:
    """Lay out a plan: its periods, then what happens, what blocks, what to do."""
    return tuple(table for table in _all(document) if table.rows or table.notes)


def _all(plan: Plan) -> Iterator[Table]:
    yield _periods(plan)
    yield _bill(plan)
    yield _components(plan)
    yield _interpolated(plan)
    rows = tuple((str(item.date), item.subject, item.what, item.remedy) for item in plan.blocked)
    yield Table(("DATE", "BLOCKED", "WHY", "REMEDY"), rows, title="Blocked")
    rows = tuple((str(item.date), item.kind, item.what, _way(item.duration_s, item.steps)) for item in plan.events)
    yield Table(("DATE", "EVENT", "WHAT", "HOW"), rows, title="Events")
    alerts = tuple((str(item.date), item.kind, item.what, _amount(item.value)) for item in plan.alerts)
    yield Table(("DATE", "ALERT", "WHAT", "VALUE"), alerts, title="Alerts", numeric=frozenset({"VALUE"}))
    advice = tuple((item.text, item.risk, item.effort) for item in plan.recommendations)
    yield Table(("RECOMMENDATION", "RISK", "EFFORT"), advice, title="Recommendations")
    actions = tuple((str(item.by), item.what) for item in plan.action_items)
    yield Table(("BY", "ACTION"), actions, title="Action items")
    if plan.notes:
        yield Table((), (), title="Notes", notes=plan.notes)


def _periods(plan: Plan) -> Table:
    names = list(dict.fromkeys(name for period in plan.periods for name in period.drivers))
    tiered = any(period.tier for period in plan.periods)
    priced = any(period.cost for period in plan.periods)
    columns: list[tuple[str, Sequence[str]]] = [
        ("PERIOD", [period.label for period in plan.periods]),
        ("START", [str(period.start) for period in plan.periods]),
    ]
    for name in names:
        found = [period.drivers.get(name) for period in plan.periods]
        columns.append((name.upper(), _amounts([one.value if one else None for one in found])))
    if tiered:
        columns.append((_TIER, [period.tier or "-" for period in plan.periods]))
    if priced:
        columns += zip(_COST, _costs([period.cost for period in plan.periods]), strict=True)
    heads = tuple(head for head, _ in columns)
    rows = tuple(zip(*(cells for _, cells in columns), strict=True))
    notes = _total(plan.total_cost) if priced else ()
    currency = next((f" in {period.cost.currency} a month" for period in plan.periods if period.cost), "")
    title = f"{plan.system}: scenario {plan.scenario or 'none'}{'; cost' if priced else ''}{currency}"
    return Table(heads, rows, title=title, numeric=frozenset(heads[2:]) - {_TIER}, notes=notes)


_TIER = "TIER TO RUN"
_COST = ("COST LOW", "COST", "COST HIGH")
_NO_TOTAL = "No total: not every month has a price."


def _costs(costs: Sequence[Cost | None]) -> Iterator[tuple[str, ...]]:
    """The three columns of costs, all with the same number of digits."""
    sides = [[getattr(cost, side) if cost else None for cost in costs] for side in ("low", "mid", "high")]
    shown = _amounts([amount for side in sides for amount in side])
    yield from (shown[start : start + len(costs)] for start in range(0, len(shown), len(costs)))


def _total(cost: Cost | None) -> tuple[str, ...]:
    if cost is None:
        return (_NO_TOTAL,)
    left_out = f" Without a price, and left out: {', '.join(cost.left_out)}." if cost.left_out else ""
    if cost.mid is None:
        return (_NO_TOTAL + left_out,)
    low, mid, high = _amounts((cost.low, cost.mid, cost.high))
    total = f"Total {mid} {cost.currency}" + ("." if low == high else f" ({low} to {high}).")
    sides = [name for name, amount in (("low", cost.low), ("high", cost.high)) if amount is None]
    if sides:
        total += f" Not all that the {' or the '.join(sides)} demand takes has a price."
    return (total + left_out,)


def _bill(plan: Plan) -> Table:
    """The lines that the middle cost of each period is composed of, if there are several."""
    bills = [(period.label, period.cost) for period in plan.periods if period.cost and period.cost.lines]
    if not any(len(cost.lines) > 1 for _, cost in bills):
        return Table((), ())
    names = list(dict.fromkeys(name for _, cost in bills for name in cost.lines))
    amounts = [[cost.lines.get(name) for name in names] + [cost.mid] for _, cost in bills]
    shown = iter(_amounts([amount for line in amounts for amount in line]))
    rows = tuple((label, *(next(shown) for _ in line)) for (label, _), line in zip(bills, amounts, strict=True))
    heads = (*(name.upper() for name in names), "COST")
    title = f"What the cost is made of, in {bills[0][1].currency} a month"
    return Table(("PERIOD", *heads), rows, title=title, numeric=frozenset(heads))


def _components(plan: Plan) -> Table:
    rows = tuple(
        (
            period.label,
            item.name,
            item.tier or "-",
            _amount(item.replicas),
            _amount(item.cores),
            _gigabytes(item.memory_bytes),
            _storage(item),
            item.why,
        )
        for period in plan.periods
        for item in period.components
        if _known(item)
    )
    columns = ("PERIOD", "COMPONENT", "SIZE", "REPLICAS", "CORES", "MEMORY GB", "STORAGE GB", "WHY")
    numeric = frozenset({"REPLICAS", "CORES", "MEMORY GB", "STORAGE GB"})
    return Table(columns, rows, title="Components", numeric=numeric, notes=tuple(_unsized(plan)))


def _known(item: ComponentPlan) -> bool:
    numbers = (item.replicas, item.cores, item.memory_bytes, item.storage_bytes, item.growth_factor)
    return any(number is not None for number in numbers)


def _unsized(plan: Plan) -> Iterator[str]:
    last = plan.periods[-1].components if plan.periods else ()
    for item in last:
        if not _known(item):
            yield f"{item.name} is not sized: {item.why}."


def _interpolated(plan: Plan) -> Table:
    found = [(period.label, period.interpolated) for period in plan.periods if period.interpolated is not None]
    costs = _amounts([between.cost for _, between in found])
    rows = tuple(
        (label, f"{between.below} to {between.above}", f"{between.share:.0%}", cost)
        for (label, between), cost in zip(found, costs, strict=True)
    )
    columns = ("PERIOD", "BETWEEN", "SHARE OF THE STEP", "COST")
    title = "Interpolated between tiers (an estimate; the tier to run is above)"
    return Table(columns, rows, title=title, numeric=frozenset({"SHARE OF THE STEP", "COST"}))


def _storage(item: ComponentPlan) -> str:
    if item.storage_bytes is None and item.growth_factor is not None:
        return f"x {item.growth_factor:.3g}"
    return _gigabytes(item.storage_bytes)


def _gigabytes(count: float | None) -> str:
    return "-" if count is None else f"{count / 1e9:,.4g}" if count < 1e12 else f"{count / 1e9:,.0f}"


def _amount(value: float | None) -> str:
    return _amounts([value])[0]


def _amounts(values: Sequence[float | None]) -> tuple[str, ...]:
    """Format related amounts with the same number of digits: none if all are whole, or large."""
    sizes = [abs(value) for value in values if value]
    is_whole = all(size == int(size) for size in sizes)
    digits = 0 if is_whole or (max(sizes) >= 1000 and min(sizes) >= 10) else 2
    return tuple("-" if value is None else f"{value:,.{digits}f}" for value in values)


def _way(duration_s: float | None, steps: tuple[str, ...]) -> str:
    parts = [f"{format_duration(duration_s)}"] if duration_s is not None else []
    return ": ".join([*parts, ", ".join(steps)]) if steps else "".join(parts)
