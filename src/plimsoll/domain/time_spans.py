"""How long are a minute, an hour, a day, a week and a mean month? In whole milliseconds, and in seconds."""

from __future__ import annotations

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
WEEK_MS = 7 * DAY_MS
MONTH_MS = 2_629_800_000  # 365.25 / 12 days
DAY_S = 86_400.0
