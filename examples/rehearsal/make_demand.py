"""Draw the demand of the rehearsal example: SYNTHETIC, from a seed. Run: python examples/rehearsal/make_demand.py

Four weeks of requests per five minutes: a day and a weekend, noise that follows the level, a job that starts on the
hour with most of a load of its own, and a campaign that nobody announced.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

STEPS_A_DAY, DAYS, STEP_S, START_S = 288, 28, 300, 1_767_225_600


def demand(seed: int = 20260101) -> np.ndarray:
    """Requests in each step."""
    random = np.random.default_rng(seed)
    step = np.arange(DAYS * STEPS_A_DAY)
    hour = step % STEPS_A_DAY / 12
    level = 9000 * (0.35 + 0.65 * np.exp(-(((hour - 14) / 4.5) ** 2)))
    level *= np.where(step // STEPS_A_DAY % 7 >= 5, 0.6, 1.0)
    level *= np.exp(np.convolve(random.normal(0, 0.03, step.size), 0.9 ** np.arange(40), "same"))
    level *= np.where(step % 12 == 0, 1.7, 1.0)
    campaign = 22 * STEPS_A_DAY + 150
    level[campaign : campaign + 36] *= 1.6
    return random.poisson(level)


def main() -> None:
    """Write the file beside this script."""
    lines = [f"{START_S + STEP_S * place},{value}" for place, value in enumerate(demand().tolist())]
    Path(__file__).with_name("demand-synthetic.csv").write_text("timestamp,value\n" + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
