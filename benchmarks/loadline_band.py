"""How narrow can the band of a latency that grows by a factor be at the lowest load, and how narrow is it?

    .venv/bin/python benchmarks/loadline_band.py [--runs 150] [--out benchmarks/RESULTS/loadline_band.md]

The curve is 20 ms * exp(load / 83) up to 300, 37 times its start; noise is 8 % at the mean of the curve. Linear theory
gives the necessary half-width of a 95 % interval of the curve where the noise shape is known: about the point of plain
least squares, and about that with the weights of the shape. The product's own band, which knows no shape, is compared
with both: its half-widths, and how often it covers the curve.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from scipy.special import stdtrit

from plimsoll.capacity.fit import fit, normals_of
from plimsoll.capacity.model import Values
from plimsoll.capacity.models.exponential import Exponential
from plimsoll.capacity.noise import NOISE_SHAPES, NoiseShape

CURVE, TRUTH = Exponential(), np.array([0.02, 0.012])
HIGH, NOISE_RATIO = 300.0, 0.08
SIZES = (7, 12, 30)
NORMALS = normals_of(1)


def scatter(true: Values, shape: NoiseShape) -> Values:
    """Return the standard deviation at each step: NOISE_RATIO of the mean at the mean."""
    return np.asarray(NOISE_RATIO * np.mean(true) * (true / np.mean(true)) ** shape.power)


def necessary_widths(load: Values, shape: NoiseShape) -> tuple[float, float]:
    """Return the necessary half-width at the lowest load, as shares of the curve: plain point, weighted point."""
    slopes, true = CURVE.slopes(TRUTH, load), CURVE.predict(TRUTH, load)
    spread = scatter(true, shape)
    student = float(stdtrit(load.size - TRUTH.size, 0.975)) / true[0]
    plain = slopes[0] @ np.linalg.pinv(slopes)
    weighted = slopes[0] @ np.linalg.pinv(slopes / spread[:, None]) / spread
    return student * float(np.linalg.norm(plain * spread)), student * float(np.linalg.norm(weighted * spread))


def measured_widths(load: Values, shape: NoiseShape, runs: int) -> tuple[float, float, float]:
    """Return the median half-widths of the product's band, down and up, and how often it covers the curve."""
    random, true = np.random.default_rng([load.size, round(2 * shape.power)]), CURVE.predict(TRUTH, load)
    widths, covered = [], 0
    for _ in range(runs):
        measured = np.maximum(true + scatter(true, shape) * random.standard_normal(load.size), 1e-3)
        fitted = fit((CURVE,), load, measured, NORMALS)
        if fitted is not None:
            (low,), (high,) = fitted.band(load[:1])
            here = float(fitted.point.predict(load[:1])[0])
            widths.append((1 - low / here, high / here - 1))
            covered += bool(low <= true[0] <= high)
    down, up = np.median(widths, axis=0)
    return float(down), float(up), covered / runs


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=150)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    lines = [
        "# The band of a growing latency at the lowest load\n",
        f"`.venv/bin/python benchmarks/loadline_band.py --runs {options.runs}`: reach in percent of the curve\n",
        "| steps | noise | known shape, plain point | known shape, its weights | the band, median | its coverage |",
        "| ---: | --- | ---: | ---: | ---: | ---: |",
    ]
    for size in SIZES:
        load = np.linspace(HIGH / size, HIGH, size)
        for shape in NOISE_SHAPES:
            plain, weighted = necessary_widths(load, shape)
            down, up, covered = measured_widths(load, shape, options.runs)
            reach = f"-{100 * down:.0f} +{100 * up:.0f}"
            known = f"±{100 * plain:.0f} | ±{100 * weighted:.0f}"
            lines.append(f"| {size} | {shape.name} | {known} | {reach} | {100 * covered:.1f} % |")
    print("\n".join(lines))
    if options.out:
        options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
