# ruff: noqa: E501  a table of source lines and what they are changed to
"""Changes of one rule of the priced policy each; the kernel is imported afresh with that one rule changed."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace

import plimsoll.policy.priced

FOLDER = Path(str(plimsoll.policy.priced.__file__)).parent
PACKAGE = "plimsoll.policy.priced"
MODULES = ("layout", "program", "forecasting", "purchase", "account", "step")


@dataclass(frozen=True)
class Mutant:
    """One changed rule."""

    rule: str
    module: str
    was: str
    becomes: str


MUTANTS = (
    # Forecasting.
    Mutant("an average moves by its rate", "forecasting", "program.smoothings[i] * (y - memory.smoothed[i])", "program.smoothings[i] * y"),
    Mutant("the slowest average is kept", "forecasting", "memory.smoothed[program.smoothings.size - 1]", "memory.smoothed[0]"),
    Mutant("errors are known after the lag", "forecasting", "    if step >= program.lag:", "    if step >= 1:"),
    Mutant("an error is against its own forecast", "forecasting", "memory.forecasts[step % (program.lag + 1)]\n        spread", "memory.forecasts[(step + 1) % (program.lag + 1)]\n        spread"),
    Mutant("an error is kept in typical errors", "forecasting", "= error / spread", "= error"),
    Mutant("a factor is an exponential", "forecasting", "math.exp(error)", "1.0 + error"),
    Mutant("a huge error is bounded", "forecasting", "min(abs(error), _TRUSTED_ERRORS * spread)", "abs(error)"),
    Mutant("a fall is an error too", "forecasting", "min(abs(error),", "min(error,"),
    Mutant("the typical error has a floor", "forecasting", "max(spread + program", "(spread + program"),
    Mutant("learning begins with the first change", "forecasting", "    if step < lag + 2:", "    if step < lag + 1:"),
    Mutant("the change over the lag is learned", "forecasting", "error = y - memory.log_demand[(step - lag) &", "error = y - memory.log_demand[(step - 1) &"),
    Mutant("errors are clipped", "forecasting", "clipped = min(max(error, -limit), limit)", "clipped = error"),
    Mutant("the scale follows the clipped error", "forecasting", "1.25 * abs(clipped)", "1.25 * abs(error)"),
    Mutant("the scale is of absolute errors", "forecasting", "1.25 * abs(clipped)", "abs(clipped)"),
    Mutant("the past is forgotten", "forecasting", "    scale = forgetting\n", "    scale = 1.0\n"),
    Mutant("precision grows as the past is forgotten", "forecasting", "1.0 / forgetting", "1.0"),
    Mutant("precision shrinks by what was seen", "forecasting", "- step * gains[j]) * growth", "+ 0.0 * gains[j]) * growth"),
    Mutant("precision is bounded", "forecasting", "    if trace > most:", "    if trace < 0:"),
    Mutant("a forecast is of lag steps ahead", "forecasting", "memory.forecasts[(step + program.lag) %", "memory.forecasts[(step + 1) %"),
    Mutant("there is a constant", "forecasting", "row[0] = 0.1", "row[0] = 0.0"),
    Mutant("the change before is a feature", "forecasting", "row[2 + averages] = before - ", "row[2 + averages] = y - "),
    Mutant("a season needs one round", "forecasting", "        if then < 0:\n            continue\n", ""),
    Mutant("a season is the change over the lag", "forecasting", "(then + program.lag) & mask", "(then + 1) & mask"),
    Mutant("a season is against its slow average", "forecasting", "(arrived - memory.slow[then & mask])", "(arrived - memory.slow[step & mask])"),
    # Outcomes.
    Mutant("replicas round up", "purchase", "math.ceil(bounded)", "math.floor(bounded)"),
    Mutant("an outcome needs one replica", "purchase", "max(1, math.ceil(bounded))", "max(0, math.ceil(bounded))"),
    Mutant("outcomes beyond max are kept", "purchase", "min(memory.mass.size - 1,", "min(memory.mass.size - 2,"),
    Mutant("worth is the load carried", "purchase", "weight * max(bounded, 0.0)", "weight"),
    Mutant("the first outcome is remembered", "purchase", "memory.reach[FIRST] = min(memory.reach[FIRST], needed)", "memory.reach[FIRST] = needed"),
    Mutant("the last outcome is remembered", "purchase", "memory.reach[LAST] = max(memory.reach[LAST], needed)", "memory.reach[LAST] = needed"),
    Mutant("the long run leaves the oldest out", "purchase", "    if step - LONG_RUN >= first:", "    if step - LONG_RUN >= 10**9:"),
    Mutant("quantiles stand in the middle", "purchase", "(found + 0.5) / QUANTILES", "(found + 1.0) / QUANTILES"),
    Mutant("bins are unfolded as they were folded", "purchase", "share / max(1.0 - abs(share), 1e-3)", "share"),
    Mutant("no number is the worst error", "purchase", "return BINS - 1 if error > 0 else 0", "return 0"),
    Mutant("recent outcomes go back from now", "purchase", "memory.factors[(step - back) & mask] - offset, weight / count", "memory.factors[(step - back - 1) & mask] - offset, weight / count"),
    Mutant("recent outcomes share their weight", "purchase", "weight / count)", "weight)"),
    Mutant("the long run must be known", "purchase", "memory.state[LONG_KNOWN] == 0 or weight", "weight"),
    Mutant("the long run is scaled by what is typical", "purchase", "math.exp(memory.state[SPREAD] * memory.long_run[i])", "math.exp(memory.long_run[i])"),
    Mutant("the offset is taken off again", "purchase", "base * factor - offset", "base * factor"),
    Mutant("a season looks a lag ahead of now", "purchase", "step + lag - back * period", "step - back * period"),
    Mutant("a season looks beside its place", "purchase", "range(-_BESIDE, _BESIDE + 1)", "range(0, 3)"),
    Mutant("the tail has its power", "purchase", "base ** program.numbers[TAIL_EXPONENT]", "base"),
    Mutant("the tail begins above the forecast", "purchase", "range(math.ceil(base) + 1, end)", "range(math.ceil(base) + 2, end)"),
    Mutant("the tail is a share of the whole", "purchase", "(beyond - still) * count", "(beyond - still)"),
    Mutant("the tail adds to the weight", "purchase", "        total += _tail(", "        _tail("),
    # The purchase.
    Mutant("a replica costs the price", "purchase", "value = worth - price * n", "value = worth"),
    Mutant("half of the outcomes are always carried", "purchase", "if mass >= _HALF * total and", "if"),
    Mutant("three in ten must be carried to wait", "purchase", "if n == own and mass >= _STILL_CARRIED * total:", "if n == own:"),
    Mutant("spare replicas cost their price", "purchase", "kept = worth - price * own", "kept = worth"),
    Mutant("a change costs by the size of the fleet", "purchase", "program.numbers[CHANGE_COST] * total * own", "program.numbers[CHANGE_COST] * total"),
    Mutant("headroom without outcomes", "purchase", "math.ceil(_WITHOUT_OUTCOMES * (", "math.ceil(1.0 * ("),
    # The account.
    Mutant("the reference waits for the first step", "account", "    if step == 0 or math.isnan(demand):", "    if math.isnan(demand):"),
    Mutant("the reference sees the demand over its requests", "account", "ready * program.numbers[PER_REPLICA]", "program.numbers[PER_REPLICA]"),
    Mutant("a share of what is earned is spent", "account", "push = used - ratio * earned", "push = used - earned"),
    Mutant("the average is of two days", "account", "(earned - state[AVERAGE]) / (2.0 * day)", "(earned - state[AVERAGE]) / day"),
    Mutant("the account opens at its time", "account", "    if now_s >= program.numbers[OPENS_AT_S]:\n        state[BALANCE]", "    if now_s > program.numbers[OPENS_AT_S]:\n        state[BALANCE]"),
    Mutant("what is used is booked", "account", "state[BALANCE] += earned - used", "state[BALANCE] += earned"),
    Mutant("the balance is worked off", "account", "push -= (state[BALANCE] -", "push += (state[BALANCE] -"),
    Mutant("the reserve is not worked off", "account", "- (1.0 - ratio) * state[EARNED]) / day", ") / day"),
    Mutant("a move is bounded above", "account", "share, -_LARGEST_MOVE), _LARGEST_MOVE)", "share, -_LARGEST_MOVE), 9.0)"),
    Mutant("a move is bounded below", "account", "share, -_LARGEST_MOVE), _LARGEST_MOVE)", "share, -9.0), _LARGEST_MOVE)"),
    Mutant("the price has a ceiling", "account", "_LOWEST_PRICE), _HIGHEST_PRICE)", "_LOWEST_PRICE), 99.0)"),
    Mutant("the price has a floor", "account", "* math.exp(move), _LOWEST_PRICE)", "* math.exp(move), 0.0)"),
    Mutant("misses lower the price", "account", "(allowed * demand - missed)", "(missed - allowed * demand)"),
    Mutant("moves by misses are softened", "account", "softened * (allowed", "(allowed"),
    Mutant("an account in credit affords all", "account", "or memory.state[BALANCE] >= 0:", "or memory.state[BALANCE] > 0:"),
    Mutant("an account not open affords all", "account", "    if now_s < program.numbers[OPENS_AT_S] or", "    if"),
    Mutant("with more ready than the reference, its ready count", "account", "theirs[READY] if ready > theirs[READY] else theirs[DESIRED]", "theirs[DESIRED]"),
    Mutant("what is affordable never adds", "account", "return min(count, int(", "return max(count, int("),
    # The step.
    Mutant("the first step only looks", "step", "    if step == 0 or not known:", "    if not known:"),
    Mutant("unknown demand holds", "step", "    if step == 0 or not known:", "    if step == 0:"),
    Mutant("unknown demand is taken as forecast", "step", "float(memory.forecasts[step % (program.lag + 1)])", "0.0"),
    Mutant("unknown demand teaches nothing", "step", "    if known:\n        learn", "    if step >= 0:\n        learn"),
    Mutant("min holds", "step", "max(int(program.numbers[MIN]), min(", "max(0, min("),
    Mutant("max holds", "step", "min(int(program.numbers[MAX]), wanted)", "wanted"),
    Mutant("load at the SLO is not missed", "step", "demand > program.numbers[UNIT] * ready", "demand >= program.numbers[UNIT] * ready"),
    Mutant("a fall is doubted for ten steps", "step", "_CONFIRMED_AFTER = 10 ", "_CONFIRMED_AFTER = 9 "),
    Mutant("a usual fall is doubted for three steps", "step", "_USUALLY_CONFIRMED_AFTER = 3 ", "_USUALLY_CONFIRMED_AFTER = 4 "),
    Mutant("nothing is as good as half a replica", "step", "math.log(2.0 * OFFSET)", "math.log(1.5 * OFFSET)"),
    Mutant("zeros are doubted whatever is known", "step", "(_DEEP if none else _unheard_of(memory))", "_unheard_of(memory)"),
    Mutant("falls are doubted beyond twice the worst", "step", "_UNHEARD_OF = 2.0", "_UNHEARD_OF = 2.1"),
    Mutant("falls are known after a while", "step", "    if memory.state[LONG_KNOWN] == 0:\n        return -math.inf\n", ""),
    Mutant("falls to nothing are forgotten", "step", "    state[FALLS_TO_NONE] *= 1.0 - 1.0 / (_DAYS * program.numbers[STEPS_A_DAY] + 1.0)\n", ""),
    Mutant("scale-out does not wait", "step", "    if wanted >= desired:\n        return wanted\n", ""),
    Mutant("what was wanted in the window is kept", "step", "wanted = max(wanted, int(memory.wanted[i]))", "wanted = wanted"),
    Mutant("the window never scales out", "step", "return min(wanted, desired)", "return wanted"),
    Mutant("the slack leaves out its end", "step", "0 < desired - wanted < program", "0 < desired - wanted <= program"),
    Mutant("the slack is for scale-in alone", "step", "if 0 < desired - wanted <", "if desired - wanted <"),
)  # fmt: skip


@contextmanager
def kernel(mutant: Mutant | None) -> Iterator[SimpleNamespace]:
    """Import the kernel with one rule changed; what was imported before comes back after."""
    names = {name: f"{PACKAGE}.{name}" for name in MODULES}
    before = {full: sys.modules.pop(full) for full in list(sys.modules) if full in names.values()}
    kept = {name: getattr(plimsoll.policy.priced, name) for name in MODULES if hasattr(plimsoll.policy.priced, name)}
    try:
        for name in MODULES:
            if mutant is not None and mutant.module == name:
                sys.modules[names[name]] = _changed(mutant, names[name])
            importlib.import_module(names[name])
        yield SimpleNamespace(**{name: sys.modules[full] for name, full in names.items()})
    finally:
        for full in names.values():
            sys.modules.pop(full, None)
        sys.modules.update(before)
        for name, module in kept.items():
            setattr(plimsoll.policy.priced, name, module)


def _changed(mutant: Mutant, full: str) -> ModuleType:
    path = FOLDER / f"{mutant.module}.py"
    source = path.read_text(encoding="utf-8")
    if source.count(mutant.was) != 1:
        raise LookupError(f"{mutant.rule}: its text stands {source.count(mutant.was)} times in {mutant.module}.py")
    module = ModuleType(full)
    module.__file__ = str(path)
    exec(compile(source.replace(mutant.was, mutant.becomes), str(path), "exec"), module.__dict__)
    return module
