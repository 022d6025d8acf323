"""Which source does a word on the command line name?"""

from __future__ import annotations

from pathlib import Path

import pytest

from plimsoll import bootstrap, bootstrap_sources
from plimsoll.adapters.sources.memory import Memory
from plimsoll.app.model_sources import ModelSource
from plimsoll.domain.errors import UsageError
from plimsoll.domain.source_options import SourceOptions


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("http://127.0.0.1:9090", "Prometheus", "http://127.0.0.1:9090"),
        ("HTTPS://metrics.example/prom/", "Prometheus", "https://metrics.example/prom/"),
        ("metrics.csv", "CsvFile", "metrics.csv"),
        ("2024:01/METRICS.CSV", "CsvFile", "2024:01/METRICS.CSV"),
        ("a.parquet", "ParquetFile", "a.parquet"),
        ("host", "Host", "host"),
        ("app+http://127.0.0.1:8080/metrics", "AppJson", "app+http://127.0.0.1:8080/metrics"),
        ("postgresql://me@db:5432/shop", "Postgresql", "postgresql://me@db:5432/shop"),
        ("postgres://db/shop", "Postgresql", "postgresql://db/shop"),
    ],
)
def test_the_word_names_the_source(text: str, kind: str, name: str) -> None:
    source = bootstrap_sources.open_source(text)
    assert (type(source).__name__, source.name) == (kind, name)


@pytest.mark.parametrize(
    "text", ["", "metrics.txt", "ftp://x", "csv", "nothing", "me:secret@db", "host=db password=secret"]
)
def test_a_word_that_names_none_says_what_can_be_written(text: str) -> None:
    with pytest.raises(UsageError, match=r"is not a source; there are http\(s\)://SERVER") as caught:
        bootstrap_sources.open_source(text)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "http://alice:hunter2@metrics:9090",
        "https://hunter2@metrics",
        "app+http://alice:hunter2@web:8080/metrics",
        "postgresql://me:hunter2@db/shop",
        "postgres://db/shop?user=me&password=hunter2",
        "postgresql://[broken:hunter2@db/shop",
        "abacus://alice:hunter2@shelf",
    ],
)
def test_a_secret_in_an_address_is_refused_unseen_with_where_to_put_it(text: str) -> None:
    with pytest.raises(UsageError, match="--user NAME:env:PASSWORD") as caught:
        bootstrap_sources.open_source(text)
    assert "hunter2" not in str(caught.value)


def test_the_address_of_a_database_that_a_model_refers_to_may_hold_its_password(monkeypatch) -> None:
    monkeypatch.setenv("SHOP_DATABASE", "postgresql://me:hunter2@db:5432/shop")
    source = bootstrap_sources.open_model_source(ModelSource("shop", "env:SHOP_DATABASE", SourceOptions(), ()))
    assert source.name == "postgresql://me@db:5432/shop"


@pytest.mark.parametrize("text", ["dask://alice:hunter2@scheduler:8786", "https://alice:hunter2@scheduler"])
def test_a_secret_in_the_address_of_a_scheduler_is_refused_unseen(text: str) -> None:
    with pytest.raises(UsageError, match="write local or dask://HOST:PORT") as caught:
        bootstrap.open_engine(text)
    assert "hunter2" not in str(caught.value)


def test_another_package_adds_a_scheme_through_an_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = tmp_path / "abacus-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: abacus\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text(f"[plimsoll.sources]\nabacus = {__name__}:opened\n")
    monkeypatch.syspath_prepend(tmp_path)
    source = bootstrap_sources.open_source("abacus:shelf", SourceOptions(tz="UTC"))
    assert source.name == "abacus:shelf UTC"


def opened(text: str, options: SourceOptions) -> Memory:
    return Memory(f"{text} {options.tz}", ())
