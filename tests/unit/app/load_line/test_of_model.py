"""The prediction from a model's samples is that of the fitted curve, for every family."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from plimsoll.app.load_line.of_model import Means, model_limits
from plimsoll.app.model import load_model
from plimsoll.bootstrap import capacity_models, load_test_rules, read_load_test
from plimsoll.domain.errors import InputError

MODEL = """\
apiVersion: plimsoll/v1
kind: System
metadata: {{name: one}}
components:
  - name: app
    instance: {{cores: 4}}
    capacity:
      samples:
        file: samples.csv
        columns: {{request_rate: rate, cpu: cpu_percent, response_time: p_ms}}
        models: {{cpu: {family}}}
        explains: {{cpu: request_rate, response_time: request_rate}}
      size_to:
        cpu: 80%
        latency: 250ms
        cores_when_missed: latency_over_target
        from: {{request_rate: 50/s}}
        to: {{request_rate: 120/s}}
"""
RATE = np.arange(10.0, 131, 10)


def predicted(folder: Path, family: str, cpu_percent: np.ndarray) -> float:
    """Return the CPU utilization that is predicted at 120 a second."""
    slow_ms = 40 + RATE / 4
    rows = [f"{r:g},{c:.6f},{m:g}" for r, c, m in zip(RATE, cpu_percent, slow_ms, strict=True)]
    (folder / "samples.csv").write_text("rate,cpu_percent,p_ms\n" + "\n".join(rows) + "\n")
    (folder / "plimsoll.yaml").write_text(MODEL.format(family=family))
    means = Means(read_load_test, capacity_models(), load_test_rules(None))
    sizing = model_limits(load_model([folder / "plimsoll.yaml"]), means).components[0].sizing
    assert sizing is not None
    return next(one.predicted for one in sizing.sized if one.of == "cpu")


def test_two_lines_foretell_with_their_knee(tmp_path: Path) -> None:
    """Without the knee the later slope would hold from the first request on: 142 % would be predicted for 62 %."""
    bent = 10 + 0.1 * RATE + np.maximum(RATE - 80, 0)
    jitter = 0.02 * np.array([(n * 37) % 7 - 3 for n in range(RATE.size)])
    assert predicted(tmp_path, "best", bent + jitter) == pytest.approx(0.62, abs=0.01)


def test_a_family_that_does_not_fit_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"the family usl cannot be fitted to cpu by request_rate in samples\.csv"):
        predicted(tmp_path, "usl", 10 + 0.1 * RATE)


def test_a_second_latency_is_refused(tmp_path: Path) -> None:
    """Both were fitted to the column of the last one, under either name."""
    two = MODEL.replace("response_time: request_rate}}", "response_time: request_rate, latency_max: request_rate}}")
    path = tmp_path / "plimsoll.yaml"
    path.write_text(two.format(family="best"), encoding="utf-8")
    with pytest.raises(InputError, match="explain response_time and latency_max: name one latency"):
        model_limits(load_model([path]), Means(read_load_test, capacity_models(), load_test_rules(None)))
