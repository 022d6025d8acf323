"""Laws of external input: no answer of a server and no damaged file makes a reader crash."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from plimsoll.adapters.sources.app_json.pointer import Found, NoNumber, find, health, leaves
from plimsoll.adapters.sources.parquet_file import ParquetFile
from plimsoll.adapters.sources.prometheus.api import PrometheusApi
from plimsoll.adapters.sources.prometheus.matrix import NotAResult, Pieces
from plimsoll.adapters.web_client import Answer, WebClient
from plimsoll.domain.errors import PlimsollError, SourceError
from plimsoll.domain.source_options import SourceOptions
from plimsoll.domain.stored import EVER

QUICK = settings(
    deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8))
documents = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=6), inner, max_size=4)),
    max_leaves=12,
)
pairs = st.lists(st.one_of(scalars, st.lists(scalars, max_size=3)), max_size=4)
results = st.lists(
    st.one_of(
        scalars,
        st.fixed_dictionaries(
            {"metric": st.one_of(scalars, st.dictionaries(st.text(max_size=4), scalars, max_size=2))},
            optional={"values": st.one_of(pairs, scalars), "value": st.one_of(pairs, scalars), "histograms": scalars},
        ),
    ),
    max_size=3,
)
answers = st.one_of(
    documents,
    st.fixed_dictionaries(
        {"resultType": st.sampled_from(["matrix", "vector", "scalar", "string"]), "result": st.one_of(results, pairs)}
    ),
)


class Replies(PrometheusApi):
    """The API with a given answer."""

    def reply(self, status: int, kind: str, body: bytes) -> Any:
        """The reply that the API reads from an answer."""
        return self._reply(Answer(status, {"content-type": kind}, body))


@QUICK
@given(data=answers)
@example({"resultType": "scalar", "result": [1e308, "1"]})
@example({"resultType": "scalar", "result": [False, []]})
@example({"resultType": "vector", "result": [{"metric": {}, "value": [1, "0x1p3"]}]})
def test_results_are_samples_in_order_or_no_results(data: object) -> None:
    pieces = Pieces()
    try:
        pieces.add(data)
    except NotAResult:
        return
    for _, times, values in pieces.joined():
        assert times.shape == values.shape
        assert np.all(np.diff(times) > 0)


@QUICK
@given(
    status=st.sampled_from([200, 204, 301, 400, 401, 403, 404, 422, 500, 503]),
    kind=st.sampled_from(["application/json", "text/html", "text/plain", ""]),
    body=st.one_of(
        st.binary(max_size=60), documents.map(lambda doc: json.dumps({"status": "success", "data": doc}).encode())
    ),
)
@example(status=200, kind="application/json", body=b'{"status":"success"}')
@example(status=200, kind="application/json", body=b"[" * 20_000)
def test_an_answer_is_a_reply_or_one_clear_line(status: int, kind: str, body: bytes) -> None:
    api = Replies(WebClient("http://127.0.0.1:9", SourceOptions()))
    try:
        api.reply(status, kind, body)
    except SourceError as error:
        assert str(error).startswith("http://127.0.0.1:9: ")
        assert str(error).isprintable()


@QUICK
@given(document=documents, place=st.one_of(st.text(max_size=12), st.just(".a.b"), st.just("/a/*"), st.just("")))
def test_a_place_in_any_document_is_numbers_or_a_reason(document: object, place: str) -> None:
    try:
        found = find(document, place)
    except NoNumber as reason:
        assert str(reason)
        return
    assert found
    assert all(isinstance(one, Found) and isinstance(one.value, float) for one in found)


@QUICK
@given(document=documents)
@example("0\x1f")
def test_every_leaf_is_found_again_at_its_place(document: object) -> None:
    for place in leaves(document):
        assert find(document, place)


@QUICK
@given(document=documents)
def test_health_is_read_or_a_reason_given(document: object) -> None:
    try:
        assert health(document)
    except NoNumber as reason:
        assert str(reason)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    times = pa.array([1_704_067_200_000 + i for i in range(300)], pa.timestamp("ms"))
    names = pa.array([f"s{i % 3}" for i in range(300)])
    path = tmp_path_factory.mktemp("parquet") / "whole.parquet"
    table = pa.table({"unique_id": names, "ds": times, "y": [float(i) for i in range(300)], "kind": ["gauge"] * 300})
    pq.write_table(table, path, use_dictionary=False)
    return path


@QUICK
@given(seed=st.integers(0, 2**32), hits=st.integers(1, 8))
def test_a_damaged_parquet_file_is_read_or_refused_in_one_line(whole: Path, seed: int, hits: int) -> None:
    chance, content = random.Random(seed), bytearray(whole.read_bytes())
    for _ in range(hits):
        content[chance.randrange(len(content))] = chance.randrange(256)
    damaged = whole.with_name("damaged.parquet")
    damaged.write_bytes(content)
    try:
        ParquetFile(damaged).discover(EVER)
    except PlimsollError as error:
        assert str(damaged) in str(error)
        assert "\n" not in str(error)
