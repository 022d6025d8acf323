"""What is typed about a source, as options."""

from __future__ import annotations

import pytest
import typer
from tests.conftest import REPOSITORY

from plimsoll.domain.errors import PlimsollError, UsageError
from plimsoll.domain.source_options import SourceOptions
from plimsoll.entrypoints.cli import main
from plimsoll.entrypoints.cli.source_options import WEB, source_options, takes_source_options


def test_headers_user_and_deadline_are_taken_apart() -> None:
    options = source_options(["X-Scope-OrgID: prod", "Referer: http://a:1"], user="alice:env:PASSWORD", deadline="2m")
    assert options.headers == (("X-Scope-OrgID", "prod"), ("Referer", "http://a:1"))
    assert (options.basic_user, options.basic_password, options.deadline_s) == ("alice", "env:PASSWORD", 120.0)


def test_a_header_typed_outright_is_not_in_the_repr() -> None:
    assert "s3cret" not in repr(source_options(["Authorization: Bearer s3cret"]))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"headers": ["nonsense"]}, "-H wants 'Name: value'"),
        ({"headers": [": x"]}, "-H wants 'Name: value'"),
        ({"user": "alice"}, "--user needs where the password is"),
        ({"deadline": "30"}, "needs a unit of seconds"),
    ],
)
def test_what_cannot_be_understood_is_said(typed: dict, words: str) -> None:
    with pytest.raises(PlimsollError, match=words):
        source_options(**typed)


def test_a_header_without_a_colon_is_wrong_usage() -> None:
    with pytest.raises(UsageError):
        source_options(["X"])


def reader(*names: str) -> typer.Typer:
    """An application with one command that takes these options of a source, and says what it was given."""
    application = typer.Typer(rich_markup_mode=None)

    @application.command()
    @takes_source_options(*names)
    def read(source: str, *, options: SourceOptions, count: int = 1) -> None:
        typer.echo(f"{source} {count} {options.headers} {options.deadline_s:g} {options.tz or 'UTC'}")

    return application


def test_a_command_is_given_what_was_typed_as_one_value(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["a.csv", "-H", "A: b", "--deadline", "2m", "--tz", "Europe/Berlin", "--count", "2"]
    assert main.run(words, reader()) == 0
    assert capsys.readouterr().out == "a.csv 2 (('A', 'b'),) 120 Europe/Berlin\n"


def test_a_command_offers_only_the_options_that_it_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["a.csv", "--tz", "UTC"], reader(*WEB)) == 1
    assert "No such option" in capsys.readouterr().err
    assert main.run(["a.csv", "--tz", "UTC"], reader("tz")) == 0


REHEARSAL = REPOSITORY / "examples" / "rehearsal"
MODEL = ("-m", str(REHEARSAL / "plimsoll.yaml"))


@pytest.mark.parametrize(
    "words",
    [
        ("replay", "{}", *MODEL, "--signal", "load"),
        ("policy", "suggest", "{}", *MODEL, "--signal", "load", "--slo-miss", "1%"),
        ("demo", "--real", "{}"),
    ],
    ids=lambda words: words[0],
)
def test_a_server_that_asks_for_a_token_can_be_rehearsed_on(words, hostile_server, monkeypatch, capsys) -> None:
    monkeypatch.setenv("METRICS_TOKEN", "deep-blue-secret")
    url = f"{hostile_server.url}/refused"
    assert main.run([*(word.format(url) for word in words), "--bearer", "env:METRICS_TOKEN"]) == 1
    assert hostile_server.seen[-1]["Authorization"] == "Bearer deep-blue-secret"
    assert "deep-blue" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("replay", str(REHEARSAL / "demand-synthetic.csv"), *MODEL), "with --signal; a trace is read whole"),
        (("demo",), "name it with --real"),
    ],
    ids=["replay", "demo"],
)
def test_how_to_ask_a_source_is_refused_where_none_is_asked(words, says, capsys) -> None:
    assert main.run([*words, "--bearer", "env:METRICS_TOKEN"]) == 1
    assert says in capsys.readouterr().err
