"""What will demand be when a replica requested now serves? An online regression of the change of log demand.

    y = log(demand in replicas + 1/2);  forecast of y(t + lag) = y(t) + sum of coefficients x features
    features: a constant, moving averages at several rates minus y, the last two changes, and for each season the change
    over the same span one season ago and the deviation of y from its slow average at that time

The features are linear in y(t), and so is the forecast: its slope is known before y(t) is.

The method is recursive least squares with forgetting (Haykin 2014, "Adaptive Filter Theory", ch. 10). Errors are
clipped before they update the coefficients, so that one spike does not distort them.
"""

from __future__ import annotations

from plimsoll.policy.priced.layout import (
    CLIP,
    ERROR_SCALE,
    FORECAST,
    FORGETTING,
    RIDGE,
    SIDE,
    SPREAD,
    SPREAD_RATE,
    PricedMemory,
    PricedProgram,
)
from plimsoll.policy.priced.outcomes import place_of

_TRUSTED_ERRORS = 6.0  # clip on an error, in typical errors, when it updates the typical error
_SMALLEST_SPREAD = 0.002
_INFLATION = 100.0  # the precision's trace may grow so far while nothing new is seen


def note_demand(program: PricedProgram, memory: PricedMemory, step: int, y: float) -> None:
    """Record the log demand of a step: moving averages, and the error of its forecast."""
    mask = memory.log_demand.size - 1
    place = step & mask
    memory.log_demand[place] = y
    for i in range(program.smoothings.size):
        memory.smoothed[i] = y if step == 0 else memory.smoothed[i] + program.smoothings[i] * (y - memory.smoothed[i])
    memory.slow[place] = memory.smoothed[program.smoothings.size - 1]
    memory.places[place] = SIDE
    memory.standardized[place] = 0.0
    if step >= program.lag:
        error = y - memory.forecasts[step % (program.lag + 1)]
        spread = memory.state[SPREAD]
        memory.places[place] = place_of(error)
        memory.standardized[place] = error / spread
        seen = min(abs(error), _TRUSTED_ERRORS * spread)
        memory.state[SPREAD] = max(spread + program.numbers[SPREAD_RATE] * (seen - spread), _SMALLEST_SPREAD)


def learn(program: PricedProgram, memory: PricedMemory, step: int, y: float) -> None:
    """Update the coefficients by the error that they would have made on this step."""
    lag = program.lag
    if step < lag + 2:
        return
    row = memory.features[(step - lag) % (lag + 1)]
    error = y - memory.log_demand[(step - lag) & (memory.log_demand.size - 1)]
    for i in range(row.size):
        error -= memory.coefficients[i] * row[i]
    limit = program.numbers[CLIP] * memory.state[ERROR_SCALE]
    clipped = min(max(error, -limit), limit)
    memory.state[ERROR_SCALE] += 0.01 * (1.25 * abs(clipped) - memory.state[ERROR_SCALE])
    _correct(program, memory, row, clipped)


# With P the precision and x the row: gains = P x, scale = forgetting + x' P x; the coefficients move by error x gains /
# scale, and P becomes (P - gains gains' / scale) / forgetting, its trace held within bounds.
def _correct(program: PricedProgram, memory: PricedMemory, row, error: float) -> None:  # type: ignore[no-untyped-def]  # a row of a matrix, compiled
    precision, gains, forgetting = memory.precision, memory.gains, program.numbers[FORGETTING]
    size = row.size
    scale = forgetting
    for i in range(size):
        total = 0.0
        for j in range(size):
            total += precision[i, j] * row[j]
        gains[i] = total
        scale += total * row[i]
    trace, growth = 0.0, 1.0 / forgetting
    for i in range(size):
        step = gains[i] / scale
        memory.coefficients[i] += step * error
        for j in range(size):
            precision[i, j] = (precision[i, j] - step * gains[j]) * growth
        trace += precision[i, i]
    most = size * _INFLATION / program.numbers[RIDGE]
    if trace > most:
        for i in range(size):
            for j in range(size):
                precision[i, j] *= most / trace


def forecast(program: PricedProgram, memory: PricedMemory, step: int, y: float, expected: float) -> float:
    """Forecast the log demand of `step` + lag from memory and y; keep features and forecast until the demand is known.

    Given memory, the forecast is a line in y. If that line has a negative slope (rises used to revert), it is evaluated
    at the y that was `expected` for now instead, so that more demand now never means a lower forecast.
    """
    row = memory.features[step % (program.lag + 1)]
    _fill_features(program, memory, row, step)
    known, slope = 0.0, 1.0
    for i in range(row.size):
        known += memory.coefficients[i] * row[i]
        slope += memory.coefficients[i] * memory.pulls[i]
        row[i] += memory.pulls[i] * y
    ahead = known + slope * (y if slope > 0.0 else expected)
    memory.forecasts[(step + program.lag) % (program.lag + 1)] = ahead
    memory.state[FORECAST] = ahead
    return float(ahead)


def _fill_features(program: PricedProgram, memory: PricedMemory, row, step: int) -> None:  # type: ignore[no-untyped-def]  # a row of a matrix, compiled
    """Write each feature at a log demand of 0, and its slope in log demand."""
    mask, averages, pulls = memory.log_demand.size - 1, program.smoothings.size, memory.pulls
    for i in range(row.size):
        row[i], pulls[i] = 0.0, 0.0
    row[0] = 0.1
    if step == 0:
        return
    for i in range(averages):
        pulls[1 + i] = program.smoothings[i] - 1.0
        row[1 + i] = -pulls[1 + i] * memory.smoothed[i]
    if step >= 2:
        before = memory.log_demand[(step - 1) & mask]
        row[1 + averages], pulls[1 + averages] = -before, 1.0
        row[2 + averages] = before - memory.log_demand[(step - 2) & mask]
    for s in range(program.seasons.size):
        then = step - program.seasons[s]
        if then < 0:
            continue
        arrived = memory.log_demand[(then + program.lag) & mask]
        row[3 + averages + 2 * s] = arrived - memory.log_demand[then & mask]
        row[4 + averages + 2 * s] = (arrived - memory.slow[then & mask]) + row[averages]
        pulls[4 + averages + 2 * s] = pulls[averages]
