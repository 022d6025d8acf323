"""Which value has the middle rank, or any rank? Selection in place, without a sorted copy (Hoare 1961)."""

from __future__ import annotations

from plimsoll.forecast.kernel.nature import Values


def select(x: Values, first: int, end: int, rank: int) -> float:
    """Move the value of `rank` in the order of `x[first:end]` to index `rank`, smaller ones before it; return it."""
    low, high = first, end - 1
    while low < high:
        pivot = x[(low + high) // 2]
        i, j = low, high
        while i <= j:
            while x[i] < pivot:
                i += 1
            while x[j] > pivot:
                j -= 1
            if i <= j:
                x[i], x[j] = x[j], x[i]
                i += 1
                j -= 1
        if rank <= j:
            high = j
        elif rank >= i:
            low = i
        else:
            break
    return float(x[rank])


def middle_of(x: Values, size: int) -> float:
    """Return the median of `x[:size]`, whose order is lost; of an even number, the mean of the two middle values."""
    half = size // 2
    upper = select(x, 0, size, half)
    if size % 2 == 1:
        return upper
    lower = x[0]
    for i in range(1, half):
        lower = max(lower, x[i])
    return float(0.5 * (lower + upper))


def middle_of_few(x: Values, size: int) -> float:
    """Return the median of a handful of values, by insertion sort."""
    for i in range(1, size):
        value, j = x[i], i
        while j > 0 and x[j - 1] > value:
            x[j] = x[j - 1]
            j -= 1
        x[j] = value
    half = size // 2
    return float(x[half] if size % 2 == 1 else 0.5 * (x[half - 1] + x[half]))
