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
MODULES = ("layout", "program", "forecasting", "outcomes", "long_run", "purchase", "account", "step")


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
    Mutant("an error is kept in typical errors", "forecasting", "= error / spread", "= error * 1.0"),
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
    Mutant("the change before is a feature", "forecasting", "row[2 + averages] = before - ", "row[2 + averages] = 0.0 * before - "),
    Mutant("a season needs one round", "forecasting", "        if then < 0:\n            continue\n", ""),
    Mutant("a season is the change over the lag", "forecasting", "(then + program.lag) & mask", "(then + 1) & mask"),
    Mutant("the distance from the slow average ends at the step", "forecasting", "pulls[4 + averages + 2 * s] = pulls[averages]", "pulls[4 + averages + 2 * s] = 0.0"),
    Mutant("nothing is far from an average at first", "forecasting", "    if step == 0:\n        return\n", ""),
    Mutant("a forecast does not fall as demand rises", "forecasting", "slope * (y if slope > 0.0 else expected)", "slope * y"),
    Mutant("the slope is of all features", "forecasting", "slope += memory.coefficients[i] * memory.pulls[i]", "slope += memory.coefficients[i] * row[i]"),
    Mutant("the last change ends at the step", "forecasting", "row[1 + averages], pulls[1 + averages] = -before, 1.0", "row[1 + averages], pulls[1 + averages] = -before, 0.9"),
    Mutant("an average takes the step in by its rate", "forecasting", "pulls[1 + i] = program.smoothings[i] - 1.0", "pulls[1 + i] = -1.0"),
    Mutant("a feature is at the demand of the step", "forecasting", "row[i] += memory.pulls[i] * y", "row[i] += 0.0 * y"),
    Mutant("a season is against its slow average", "forecasting", "(arrived - memory.slow[then & mask])", "(arrived - memory.slow[step & mask])"),
    # Outcomes.
    Mutant("outcomes of the step before go", "outcomes", "memory.mass[i] = 0.0", "memory.mass[i] += 0.0"),
    Mutant("an octave has its parts", "outcomes", "(exponent - 1) * PARTS", "exponent * PARTS"),
    Mutant("parts of an octave are equal", "outcomes", "(2.0 * mantissa - 1.0)", "mantissa"),
    Mutant("the widest place holds all beyond", "outcomes", "    elif size < _WIDEST:", "    elif size < math.inf:"),
    Mutant("a fall is on the other side", "outcomes", "SIDE - 1 - place if error < 0", "SIDE + place if error < 0"),
    Mutant("recent outcomes are of steps that are over", "outcomes", "for back in range(1, count + 1):", "for back in range(count):"),
    Mutant("recent outcomes share their weight", "outcomes", "weight / count\n", "weight\n"),
    Mutant("the long run must be known", "outcomes", "memory.state[LONG_KNOWN] == 0 or weight", "weight"),
    Mutant("the long run is scaled by what is typical", "outcomes", "memory.state[SPREAD] * memory.long_run[i]", "memory.long_run[i]"),
    Mutant("a season looks a lag ahead of now", "outcomes", "step + lag - back * period", "step - back * period"),
    Mutant("a season looks beside its place", "outcomes", "range(-_BESIDE, _BESIDE + 1)", "range(0, 3)"),
    Mutant("a season looks at steps that are over", "outcomes", "min(step - 1, step", "min(step, step"),
    Mutant("the tail adds to the weight", "outcomes", "return total + tail", "return total"),
    Mutant("the tail is a share of the whole", "outcomes", "* total\n    for i", "\n    for i"),
    Mutant("the tail has its power", "program", "1.0) ** -exponent", "1.0) ** -1.0"),
    Mutant("the tail reaches eight times", "program", "np.minimum(ratios, _TAIL_REACH)", "ratios"),
    Mutant("octaves double", "program", "2.0 ** np.arange(layout.OCTAVES)", "1.5 ** np.arange(layout.OCTAVES)"),
    Mutant("places end at their upper end", "program", "np.arange(1, layout.PARTS + 1)", "np.arange(layout.PARTS)"),
    Mutant("the long run leaves the oldest out", "long_run", "    if step - LONG_RUN >= first:", "    if step - LONG_RUN >= 10**9:"),
    Mutant("quantiles stand in the middle", "long_run", "(found + 0.5) / QUANTILES", "(found + 1.0) / QUANTILES"),
    Mutant("bins are unfolded as they were folded", "long_run", "share / max(1.0 - abs(share), 1e-3)", "share"),
    Mutant("no number is the worst error", "long_run", "return BINS - 1 if error > 0 else 0", "return 0"),
    # The purchase.
    Mutant("headroom costs the price", "purchase", "value = worth - price * ratios[i]", "value = worth"),
    Mutant("worth is the load carried beyond the offset", "purchase", "max(ratios[i] - offset, 0.0)", "ratios[i]"),
    Mutant("the price is per outcome", "purchase", "float(memory.state[PRICE]) * total, OFFSET", "float(memory.state[PRICE]), OFFSET"),
    Mutant("half of the outcomes are always carried", "purchase", "if mass >= _HALF * total:", "if mass >= 0.1 * total:"),
    Mutant("the first place that carries half counts", "purchase", "half = min(half, i)", "half = i"),
    Mutant("the area is under straight lines", "purchase", "0.5 * (left + value)", "value"),
    Mutant("the window is one replica wide", "purchase", "end = ratios[i] + share", "end = ratios[i]"),
    Mutant("the window starts where it carries half", "purchase", "for i in range(half, HEADROOMS - 1):", "for i in range(HEADROOMS - 1):"),
    Mutant("the window's mean is what counts", "purchase", "/ (end - ratios[i]))", ")"),
    Mutant("no better headroom is passed over", "purchase", "everything - price * ratios[i] <= best", "everything - 2.0 * price * ratios[i] <= best"),
    Mutant("one replica is a share of the forecast before", "purchase", "share = math.exp(-min(before, _LARGEST_LOG))", "share = math.exp(-min(ahead, _LARGEST_LOG))"),
    Mutant("a huge forecast is bounded", "purchase", "base = math.exp(min(ahead, _LARGEST_LOG))", "base = math.exp(ahead)"),
    Mutant("a count is rounded up", "purchase", "    return math.ceil(base * float(ratios[place]) - OFFSET)", "    return math.floor(base * float(ratios[place]) - OFFSET)"),
    Mutant("the offset is taken off again", "purchase", "    return math.ceil(base * float(ratios[place]) - OFFSET)", "    return math.ceil(base * float(ratios[place]))"),
    Mutant("three in ten must be carried to wait", "purchase", "_STILL_CARRIED = 0.3 ", "_STILL_CARRIED = 0.0 "),
    Mutant("spare headroom costs its price", "purchase", "memory.value[last + 1] + cost * ratios[last + 1] >= best", "cost * ratios[last + 1] >= best"),
    Mutant("a change costs by the size of the fleet", "purchase", "memory.value[first - 1] + cost * ratios[first - 1] >= best", "memory.value[first - 1] + cost >= best"),
    Mutant("headroom without outcomes", "purchase", "_WITHOUT_OUTCOMES * (base", "1.0 * (base"),
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
    Mutant("it is learned from a demand once it is decided on", "step", "    y = log_demand(program, demand) if seen else expected\n", "    y = log_demand(program, demand) if seen else expected\n    _learn(program, memory, step, y, known)\n"),
    Mutant("the first step only looks", "step", "    if seen and step > 0:", "    if seen:"),
    Mutant("unknown demand holds", "step", "    if seen and step > 0:", "    if step > 0:"),
    Mutant("unknown demand is taken as forecast", "step", "float(memory.forecasts[step % (program.lag + 1)])", "0.0"),
    Mutant("unknown demand teaches nothing", "step", "    if known:\n        learn", "    if step >= 0:\n        learn"),
    Mutant("min holds", "step", "max(int(program.numbers[MIN]), min(", "max(0, min("),
    Mutant("max holds", "step", "min(int(program.numbers[MAX]), count)", "count"),
    Mutant("load at the SLO is not missed", "step", "demand > program.numbers[UNIT] * ready", "demand >= program.numbers[UNIT] * ready"),
    Mutant("the reference sees nothing that is doubted", "step", "demand if known else math.nan", "demand"),
    Mutant("what is doubted is noted as forecast", "step", "        y = expected\n", "        y = 0.0\n"),
    Mutant("doubt does not wait for the account", "step", "        elif program.referred == 1:", "        if program.referred == 1:"),
    Mutant("doubt never scales in", "step", "            count = max(count, desired)\n", "            pass\n"),
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
