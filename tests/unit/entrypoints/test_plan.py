"""The command `plan` on a model with a known event: every form names it, and each mistake in it is one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.app.shop_model import SHOP_MODEL

from plimsoll.entrypoints.cli.main import run


@pytest.mark.parametrize("how", ["table", "json", "csv", "md"])
def test_every_form_of_a_plan_names_the_event_its_sizes_and_its_cost(
    how: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "m.yaml").write_text(SHOP_MODEL)
    assert run(["plan", "-m", str(tmp_path / "m.yaml"), "-o", how]) == 0
    shown = capsys.readouterr().out
    assert "month 1, Black Friday" in shown
    assert "web 25 replicas instead of 10; 1,095 EUR more, with the month sized for the peak" in shown
    assert "be ready for Black Friday on 2026-11-27" in shown
    assert "outage" not in shown


WRONG = {
    "start: 2026-11-27, end: 2026-11-26, driver: users": "m.yaml:15:5: events[0]: it ends on 2026-11-26",
    "start: 2026-11-27, end: 2026-11-27": "events[0]: it is over as it begins",
    "start: 2026-11-27, driver: usres": "events[0].driver: there is no driver 'usres'; did you mean",
    "start: 2026-11-27, factor: -2": "events[0].factor: is to be greater than or equal to 0",
    "start: next friday, factor: 2": "events[0].start",
    "factor: 2": "events[0].start: is missing",
    "start: 2026-11-27, faktor: 2": "events[0].faktor: unknown key 'faktor'; did you mean",
    "start: 2026-11-27, factor: 2.5x": "events[0].factor",
}


@pytest.mark.parametrize("event", WRONG, ids=lambda event: event.replace(" ", "_"))
def test_a_mistake_in_an_event_is_one_line_with_its_place(
    event: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "m.yaml"
    model.write_text(SHOP_MODEL[: SHOP_MODEL.index("events:")] + f"events:\n  - {{name: sale, {event}}}\n")
    assert run(["plan", "-m", str(model)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert WRONG[event] in line
    assert ":15:" in line
