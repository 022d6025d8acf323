"""A Dask cluster that cannot work: each case ends with one clear word, and none in endless waiting."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from plimsoll.adapters.engines.dask import DaskEngine
from plimsoll.domain.errors import InputError, Place, SourceError, SourceUnreachable, UsageError

pytestmark = pytest.mark.filterwarnings("ignore")


@contextmanager
def cluster_of(workers: int) -> Iterator[DaskEngine]:
    """A scheduler with so many workers, all of them threads of this process."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=False, protocol="tcp", host="127.0.0.1", scheduler_port=0,
        dashboard_address=None,
    ) as cluster:  # fmt: skip
        yield DaskEngine(cluster.scheduler_address.removeprefix("tcp://"))


@pytest.mark.parametrize("address", ["host", "host:8786/", "host:name", ":8786", "one two:8786"])
def test_what_is_no_host_and_port_is_refused_at_once(address: str) -> None:
    with pytest.raises(UsageError, match="is no HOST:PORT"):
        DaskEngine(address).check()


def test_a_scheduler_without_a_worker_is_not_waited_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plimsoll.adapters.engines.dask.WORKER_DEADLINE_S", 0.1)
    with cluster_of(0) as engine, pytest.raises(SourceUnreachable, match="has had no worker"):
        list(engine.map(len, [[1]]))


def unseen(path: str) -> None:
    raise InputError("no such file", Place(path))


def test_a_file_that_a_worker_does_not_see_is_told_as_the_workers_trouble() -> None:
    with (
        cluster_of(1) as engine,
        pytest.raises(SourceError, match=r"a worker cannot read its part: fleet: no such file; workers must .* TMPDIR"),
    ):
        list(engine.map(unseen, ["fleet"]))


def test_a_scheduler_that_is_lost_in_mid_run_is_told() -> None:
    with cluster_of(1) as engine:
        answers = engine.map(len, [[1]] * 9)
        assert next(answers) == 1
    with pytest.raises(SourceUnreachable, match="answers no more"):
        list(answers)
