"""`plimsoll demo`: the whole chain on something that really runs, in under two minutes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plimsoll.domain.errors import NothingToAnswer, UsageError
from plimsoll.domain.source_options import SourceOptions
from plimsoll.domain.time_spans import DAY_MS
from plimsoll.entrypoints.cli.amounts import span_s
from plimsoll.entrypoints.cli.listener import say
from plimsoll.entrypoints.cli.output import Format, FormatOption, progress, remark, show
from plimsoll.entrypoints.cli.source_options import takes_source_options

if TYPE_CHECKING:
    from plimsoll.app.demo.story import Measure, Outcome
    from plimsoll.domain.ramp import Ramp
    from plimsoll.domain.report import Report

_LEAST_STEP_S = 1
_HISTORY_MS = 90 * DAY_MS
_OWN_FOLDER = Path("plimsoll-demo")
_KINDS = "orders=orders_rps,report=report_rps"
_COLUMNS = "load=offered_rps,throughput=throughput,p95=p95_s,errors=error_ratio,cpu=cpu_ratio,memory=memory_bytes"

app = typer.Typer(rich_markup_mode=None, add_completion=False)

RealOption = Annotated[
    str,
    typer.Option(
        "--real", help="Use your own history instead: the URL of a Prometheus server, a CSV or a Parquet file."
    ),
]
OutOption = Annotated[Path, typer.Option("--output", help="Folder for the report and the files behind it.")]
ForceOption = Annotated[
    bool, typer.Option("--force", help="Overwrite files of these names in any folder, not in the default one alone.")
]
SeedOption = Annotated[int, typer.Option("--seed", min=0, help="Random seed of the load and of the synthetic history.")]
StepOption = Annotated[str, typer.Option("--step", help="Duration of each step of the load test.")]


@app.command()
@takes_source_options()
def demo(
    real: RealOption = "",
    *,
    out: OutOption = _OWN_FOLDER,
    force: ForceOption = False,
    seed: SeedOption = 1,
    step: StepOption = "6s",
    options: SourceOptions,
    how: FormatOption = Format.TABLE,
) -> None:
    """See it all work: load-test a small service, find its limit, forecast, plan, and write a report.

    The service is started on this machine, on loopback, and is driven past its limit for about a minute. Its demand
    history is synthetic, and labeled so. With --real, your own history is used, and no service is started.
    """
    from plimsoll.app.demo.files import FILES, LOAD_TEST, PAGE, Fleet

    if not force:
        _refuse_taken(out, (PAGE,) if real else FILES)
    if real:
        _real(real, options, out, how)
        return
    if options != SourceOptions():
        raise UsageError("options for a source (-H, --bearer, --tz ...) apply to your own: name it with --real")
    from plimsoll.app.demo.story import run_demo
    from plimsoll.app.whole_file import make_folder
    from plimsoll.bootstrap import demo_parts
    from plimsoll.bootstrap_sources import wall_clock_ms
    from plimsoll.entrypoints.cli.pace import SignalledPace

    step_s = _step_s(step)
    make_folder(out)  # told before a minute of load, not after it
    with SignalledPace(wall_clock_ms), progress("demo") as display:  # no signal leaves the service behind
        task = display.add_task("starting", total=1.0)
        notify = _notifier(
            lambda words, share: display.update(task, description=words, completed=share), display.disable
        )
        parts = demo_parts(step_s, seed)
        measured = out / LOAD_TEST
        try:
            outcome = run_demo(
                replace(parts, measure=_keeping(parts.measure, measured)), Fleet(), wall_clock_ms(), seed, notify
            )
        except NothingToAnswer as error:
            raise NothingToAnswer(f"{error}; what was measured is in {measured}") from error
    _write(outcome, out, how)


def _refuse_taken(out: Path, names: Sequence[str]) -> None:
    """Raise UsageError for a file that is there already; in the demo's own folder it is one of an earlier demo."""
    folder = out.resolve()
    taken = next((out / name for name in names if (folder / name).exists()), None)
    if taken is not None and folder != _OWN_FOLDER.resolve():
        raise UsageError(f"{taken} already exists; --force overwrites it, --output names another folder")


def _keeping(measure: Measure, path: Path) -> Measure:
    """Measure, and write what was measured at once: it is there to be looked at even if it shows no load line."""
    from plimsoll.app.demo.files import load_test_csv
    from plimsoll.app.whole_file import write_whole

    def kept(notify: Callable[[str, float], None]) -> Ramp:
        ramp = measure(notify)
        write_whole(path, load_test_csv(ramp))
        return ramp

    return kept


def _step_s(text: str) -> float:
    """Read how long a step takes: long enough for some requests once it has settled."""
    seconds = span_s(text, "--step")
    if seconds < _LEAST_STEP_S:
        raise UsageError(f"--step {text} is too short to measure in; write {_LEAST_STEP_S}s or more")
    return seconds


def _real(source: str, options: SourceOptions, out: Path, how: Format) -> None:
    """The chain on the user's own history: everything that needs no service to be driven."""
    from plimsoll.app.demo.files import PAGE
    from plimsoll.app.report.gathered import check_answered
    from plimsoll.app.whole_file import make_folder, write_whole
    from plimsoll.bootstrap import report_page, report_parts
    from plimsoll.domain.report import Period
    from plimsoll.entrypoints.cli.harvest import Asked
    from plimsoll.entrypoints.cli.report import gathered_on, report_of

    make_folder(out)
    with progress("demo") as display:
        display.add_task(f"reading {source}, forecasting, looking for what runs out", total=None)
        asked = Asked(source, options, _HISTORY_MS, None)
        gathered = gathered_on(asked, None, Period.MONTHLY)
    made = report_of(gathered, Period.MONTHLY)
    write_whole(out / PAGE, report_page(made))
    more = f"More: plimsoll runway {source}; plimsoll forecast {source}; plimsoll doctor"
    _show(made, [f"Report: {out / PAGE}", more], how)
    check_answered(gathered, report_parts(Period.MONTHLY))


def _show(report: Report, lines: Sequence[str], how: Format) -> None:
    """Say the headlines and where things lie; show the report's own data where a program asks."""
    from plimsoll.render.table import printable

    if how is Format.TABLE:
        for line in (*report.headlines, *lines):
            say(printable(line) + "\n")
        return
    for line in lines:
        remark(line)
    show(report, [table for part in report.parts for table in part.tables], how)


def _notifier(update: Callable[[str, float], object], silent: bool) -> Callable[[str, float], None]:
    """Show progress on a terminal; elsewhere say each step once, in a line."""
    shown: set[str] = set()

    def notify(words: str, share: float) -> None:
        update(words, share)
        if silent and words not in shown:
            shown.add(words)
            remark(f"plimsoll demo: {words}")

    return notify


def _write(outcome: Outcome, out: Path, how: Format) -> None:
    from plimsoll.app.demo.files import COSTS, HISTORY, LOAD_TEST, MODEL, PAGE
    from plimsoll.app.whole_file import write_whole
    from plimsoll.bootstrap import DEMO_OBJECTIVES, report_page

    for name, text in {**outcome.files, PAGE: report_page(outcome.report)}.items():
        write_whole(out / name, text)
    slo = " ".join(f"--slo '{text}'" for text in DEMO_OBJECTIVES)
    lines = (
        f"Report: {out / PAGE}",
        "Each step again, by hand:",
        f"  plimsoll limits from-loadtest {out / LOAD_TEST} --columns {_COLUMNS} {slo}",
        f"  plimsoll limits per-unit {out / COSTS} --kinds {_KINDS} --resources cpu=cpu_cores",
        f"  plimsoll forecast {out / HISTORY}",
        f"  plimsoll plan -m {out / MODEL}",
    )
    _show(outcome.report, lines, how)
