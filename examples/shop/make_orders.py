"""Draw the orders of a shop in Madrid: nineteen months of days that nobody counted. Synthetic, from a seed.

    python examples/shop/make_orders.py

Orders grow slowly and have a week; on a public holiday they go four fifths of the way to those of a Sunday.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
from holidays import country_holidays

START, DAYS, SEED = date(2025, 5, 1), 579, 20250501
WEEK = (1000, 980, 990, 1040, 1150, 900, 420)
SHARE = 0.8


def orders() -> list[tuple[date, int]]:
    """Draw one value a day."""
    holidays = country_holidays("ES", subdiv="MD", years=(2025, 2026))
    draw, rows = np.random.default_rng(SEED), []
    for day in (START + timedelta(days=index) for index in range(DAYS)):
        usual = WEEK[day.weekday()]
        level = usual + SHARE * (WEEK[6] - usual) * (day in holidays)
        grown = level * 1.02 ** ((day - START).days / 30)
        rows.append((day, round(grown * draw.normal(1, 0.03))))
    return rows


def main() -> None:
    """Write the file."""
    lines = ["date,orders", *(f"{day},{count}" for day, count in orders())]
    Path(__file__).with_name("orders-synthetic.csv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
