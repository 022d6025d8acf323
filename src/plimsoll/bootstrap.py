"""The wiring: with `plimsoll.bootstrap_sources` the only module that names concrete adapters."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plimsoll.domain.address import holds_credentials
from plimsoll.domain.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from plimsoll.adapters.loadtests.plain_csv import NamedColumns
    from plimsoll.adapters.store.track_record import TrackRecordFile
    from plimsoll.app.assessment.assessments import AdviceBase
    from plimsoll.app.demo.story import Parts as DemoParts
    from plimsoll.app.rehearsal.replays import Replayed
    from plimsoll.capacity.model import CapacityModel
    from plimsoll.capacity.thresholds import Rules
    from plimsoll.domain.forecast import Levels
    from plimsoll.domain.load_test import Column, Recording, Steps
    from plimsoll.domain.panel import Engine, PanelReader, PanelWriter
    from plimsoll.domain.ports import HolidayCalendar
    from plimsoll.domain.ramp import Ramp
    from plimsoll.domain.report import Period, Report
    from plimsoll.domain.trace import Trace


def _compile_forecast() -> None:
    from plimsoll.forecast.warming import warm_up

    warm_up()


def _compile_replay() -> None:
    from plimsoll.simulation.warming import warm_up

    warm_up()


# Groups of kernels, each with the function that compiles it into the cache; naming them imports none.
KERNELS: dict[str, Callable[[], None]] = {"forecast": _compile_forecast, "policy and replay": _compile_replay}


def open_trace(text: str) -> Trace:
    """Read a recorded demand from a CSV file of timestamp,value."""
    from plimsoll.adapters.trace_file import read_trace

    return read_trace(text)


def save_trajectory(path: Path, result: Replayed) -> None:
    """Write the course of a replay to a Parquet file, one row per step and policy."""
    from plimsoll.adapters.trajectory_file import write_trajectory
    from plimsoll.simulation.runs import reason_word

    courses = [
        (run.policy, run.ready, run.desired, [reason_word(code) for code in run.reasons.tolist()])
        for run in result.runs
    ]
    write_trajectory(path, result.trace.times_s, result.trace.load, courses)


def advice_base() -> AdviceBase:
    """Read the shipped knowledge base of recommendations."""
    from plimsoll.adapters.knowledge import knowledge
    from plimsoll.app.assessment.assessments import advice_base as build

    return build(knowledge("advice/advice.yaml"))


def capacity_models() -> tuple[CapacityModel, ...]:
    """List all capacity models: the `MODEL` of each of our model files, and those of other packages (entry points)."""
    from importlib import import_module
    from pkgutil import iter_modules

    from plimsoll.capacity import models

    names = sorted(module.name for module in iter_modules(models.__path__, f"{models.__name__}."))
    ours = (import_module(name).MODEL for name in names)
    return (*ours, *(point.load() for point in entry_points(group="plimsoll.capacity_models")))


def read_load_test(paths: Sequence[Path], columns: str = "") -> Steps | Recording:
    """Read a load test of any format that is known."""
    from plimsoll.adapters.loadtests.reader import read_load_test as read

    return read(paths, columns)


def read_load_columns(path: Path, columns: str, option: str) -> NamedColumns:
    """Read columns of a plain CSV, named as in `orders=orders_rps,report=report_rps`."""
    from plimsoll.adapters.loadtests.plain_csv import column_words
    from plimsoll.adapters.loadtests.reader import read_columns

    return read_columns(path, dict(column_words(columns, option, needs="")))


def read_request_rates(path: Path, columns: str, option: str) -> Mapping[str, Column]:
    """Read rates by kind of request from a plain CSV, named as in `orders=orders_rps,report=report_rps`."""
    from plimsoll.adapters.loadtests.plain_csv import column_words
    from plimsoll.adapters.loadtests.reader import read_rates

    return read_rates(path, dict(column_words(columns, option, needs="")))


def growth_rules() -> Mapping[str, Any]:
    """Read the shipped rules of growth."""
    from plimsoll.adapters.knowledge import knowledge

    rules: Mapping[str, Any] = knowledge("loadtest_rules/growth.yaml")
    return rules


def load_test_rules(path: Path | None) -> Rules:
    """Read a rules file, or the shipped rules where none is named."""
    from plimsoll.adapters.knowledge import knowledge
    from plimsoll.adapters.loadtests.rules_file import read_rules
    from plimsoll.app.load_line.load_rules import load_rules

    return load_rules(*((knowledge("loadtest_rules/default.yaml"), "default") if path is None else read_rules(path)))


def open_track_record(path: Path) -> TrackRecordFile:
    """Open the log of predictions; the file is made when it is first written."""
    from plimsoll.adapters.store.track_record import TrackRecordFile

    return TrackRecordFile(path)


def public_holidays() -> HolidayCalendar:
    """Return the calendar of public holidays."""
    from plimsoll.adapters.public_holidays import PublicHolidays

    return PublicHolidays()


def open_panel(path: str) -> AbstractContextManager[PanelReader]:
    """Open a Parquet file of many series; a file that cannot be read in parts is read from a sorted temporary copy."""
    from plimsoll.adapters.panels.parquet_layout import laid_out

    return laid_out(path)


def panel_writer(path: str, levels: Levels) -> AbstractContextManager[PanelWriter]:
    """Make the Parquet file for a fleet's forecast; it is moved to its place when it is complete."""
    from plimsoll.adapters.panels.parquet_writer import ParquetWriter

    return ParquetWriter(path, levels)


def open_engine(text: str) -> Engine:
    """Open the engine that `text` names: `local`, or `dask://HOST:PORT`; raises UsageError for anything else.

    Raises SourceUnreachable where no scheduler answers there.
    """
    if text == "local":
        from plimsoll.adapters.engines.local import LocalEngine

        return LocalEngine()
    scheme, _, address = text.partition("://")
    if scheme == "dask" and address and not holds_credentials(text):
        from plimsoll.adapters.engines.dask import DaskEngine

        engine = DaskEngine(address)
        engine.check()
        return engine
    shown = "an address with a user in it" if holds_credentials(text) else repr(text[:80])
    raise UsageError(f"--engine: {shown} is no engine; write local or dask://HOST:PORT")


DEMO_OBJECTIVES = ("p95<250ms", "errors<1%")


def demo_parts(step_s: float, seed: int) -> DemoParts:
    """Assemble the demo: the example application with a ramp against it, and the knowledge it needs."""
    from plimsoll.adapters.example_service import drive_ramp, example_service
    from plimsoll.app.demo.story import Parts
    from plimsoll.app.load_line.limits import LimitsAsk
    from plimsoll.domain.objective import objectives

    def measure(progress: Callable[[str, float], None]) -> Ramp:
        with example_service() as service:
            return drive_ramp(service, step_s, seed, progress)

    ask = LimitsAsk(objectives(DEMO_OBJECTIVES), load_test_rules(None))
    parts = ("capacity", "costs", "utilization", "actions", "forecast", "runway", "plan", "rhythm")
    return Parts(measure, ask, capacity_models(), advice_base(), parts)


def report_page(report: Report) -> str:
    """Write a report as one self-contained page."""
    from plimsoll.adapters.knowledge import knowledge_text
    from plimsoll.render.report import PageAssets, to_html

    styles = knowledge_text("vendor/uplot/uPlot.min.css") + knowledge_text("report/report.css")
    scripts = (knowledge_text("vendor/uplot/uPlot.iife.min.js"), knowledge_text("report/draw.js"))
    return to_html(report, PageAssets(knowledge_text("report/page.html.j2"), styles, *scripts))


def report_parts(period: Period) -> tuple[str, ...]:
    """List the parts of a report of this period, in order."""
    from plimsoll.adapters.knowledge import knowledge

    return tuple(knowledge("report/periods.yaml")[period.value])
