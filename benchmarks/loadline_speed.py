"""How fast are fits, and how fast and lean is the reading of a large file?

    .venv/bin/python benchmarks/loadline_speed.py [--megabytes 1000] [--out benchmarks/RESULTS/loadline_speed.md]

First come 1,000 fits of the Universal Scalability Law to 30 steps each, on one core, with and without intervals. What
the first one loads, SciPy's statistics, is reported apart: once a process. Then the command itself, in a process of its
own, turns a k6 file of JSON lines, written here in the documented form, into limits.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one core, set before NumPy starts its threads
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from plimsoll.capacity.fit import fit, normals_of, point_fit
from plimsoll.capacity.models.usl import UniversalScalabilityLaw

LAW = UniversalScalabilityLaw()
FITS, STEPS, DRAWS = 1000, 30, 500
_TAGS = (
    '{"expected_response":"true","group":"","method":"GET","name":"https://test.k6.io/","proto":"HTTP/1.1",'
    '"scenario":"default","status":"200","tls_version":"tls1.3","url":"https://test.k6.io/"}'
)
_OTHERS = ("blocked", "connecting", "tls_handshaking", "sending", "waiting", "receiving")


def fits() -> list[str]:
    """Time the fits."""
    load = np.linspace(1, 216, STEPS)
    true = LAW.predict(np.array([0.0277, 1.044e-4, 90.0]), load)
    random = np.random.default_rng(1)
    tests = [true * (1 + 0.04 * random.standard_normal(STEPS)) for _ in range(FITS)]
    normals = normals_of(1, DRAWS)
    begun = time.process_time()
    for measured in tests:
        point_fit((LAW,), load, measured)
    points_s = time.process_time() - begun
    begun = time.process_time()
    fit((LAW,), load, tests[0], normals)
    first_s, begun = time.process_time() - begun, time.process_time()
    for measured in tests:
        found = fit((LAW,), load, measured, normals)
        assert found is not None
        found.parameters()
    intervals_s = time.process_time() - begun
    return [
        f"{FITS} fits of {STEPS} steps, points alone: {points_s:.2f} s on one core",
        f"{FITS} fits of {STEPS} steps, intervals from {DRAWS} draws: {intervals_s:.2f} s on one core",
        f"before the first of these: {first_s:.2f} s, once a process",
    ]


def write_k6(path: Path, size: int) -> None:
    """Write a run in stairs of 60 s as k6 JSON lines until the file has `size` bytes."""
    random, written, second = np.random.default_rng(1), 0, 0
    with path.open("w", encoding="utf-8") as file:
        while written < size:
            users = 10 * (1 + second // 60)
            moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(1_772_000_000 + second))
            parts = [_line("vus", moment, str(users), "null")]
            for latency in random.exponential(40 + users / 2, min(20 * users, 400)):
                parts += [_line("http_reqs", moment, "1", _TAGS), _line("http_req_failed", moment, "0", _TAGS)]
                parts.append(_line("http_req_duration", moment, f"{latency:.6f}", _TAGS))
                parts += [_line(f"http_req_{name}", moment, f"{latency / 3:.6f}", _TAGS) for name in _OTHERS]
            written += file.write("".join(parts))
            second += 1


def large_file(megabytes: int) -> list[str]:
    """Time the command on a file of this size."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "k6.json"
        write_k6(path, megabytes * 10**6)
        command = [sys.executable, "-m", "plimsoll", "limits", "from-loadtest", str(path), "--slo", "p99<250ms"]
        begun = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        spent_s = time.perf_counter() - begun
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
    return [f"k6 JSON lines, {megabytes} MB: {spent_s:.1f} s, {peak_mb:.0f} MB of memory at most, the answer included"]


def _line(metric: str, moment: str, value: str, tags: str) -> str:
    head = f'{{"metric":"{metric}","type":"Point","data":{{"time":"{moment}.144272509Z",'
    return f'{head}"value":{value},"tags":{tags}}}}}\n'


def main() -> None:
    """Run everything and print the results."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    lines = ["# Speed of limits\n", "`.venv/bin/python benchmarks/loadline_speed.py`\n"]
    lines += [f"- {line}" for line in (*fits(), *large_file(options.megabytes))]
    print("\n".join(lines))
    if options.out:
        options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
