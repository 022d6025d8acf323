"""Which of k6's samples are requests, which of them failed, and how many users were there?

A request is a sample of `http_req_duration` (ms), written when it ended; `http_req_failed` is 1 where it failed.
Versions before 0.31, and scripts that call `http.setResponseCallback(null)`, do not write `http_req_failed`: then the
tag `expected_response` decides, or the status, of which k6 expects 200 to 399. In a file with neither, failures are
unknown.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from plimsoll.adapters.loadtests.seconds import SecondsTally
from plimsoll.domain.errors import InputError
from plimsoll.domain.load_test import Recording

WANTED = ("http_req_duration", "http_req_failed", "vus")
_BY_TAGS = "no http_req_failed in it: responses that were not expected, by their tag or status, count as failures"
_NO_REQUESTS = "no finished request over HTTP (http_req_duration) in it, and of what k6 measures only these are read"
_UNKNOWN_FAILURES = "neither http_req_failed nor expected_response nor status in it: which requests failed is not known"


class K6Tally:
    """Samples of k6 by second."""

    def __init__(self, source: str) -> None:
        self._tally = SecondsTally(source)
        self._source = source
        self._has_requests = self._has_metric = self._has_unknown = False
        self._by_tags: list[NDArray[np.int64]] = []

    def add(
        self, metric: pa.Array, second: NDArray[np.int64], value: NDArray[np.float64], tags: list[pa.Array]
    ) -> None:
        """Count samples by name of metric; `tags` are expected_response and status, null or empty where unknown."""
        latency, failed, users = (
            pc.equal(metric, name).to_numpy(zero_copy_only=False).astype(np.bool_) for name in WANTED
        )
        self._has_requests = self._has_requests or bool(latency.any())
        self._tally.add_requests(second[latency], value[latency] / 1000.0)
        self._tally.add_failures(second[failed & (value > 0)])
        self._tally.add_users(second[users], value[users])
        self._has_metric = self._has_metric or bool(failed.any())
        if not self._has_metric:
            unexpected, known = _unexpected(*tags)
            self._by_tags.append(second[latency & unexpected])
            self._has_unknown = self._has_unknown or bool(np.any(latency & ~known))

    def recording(self, form: str) -> Recording:
        """Make the recording of all that was added; raises InputError where no request over HTTP was."""
        if not self._has_requests:
            raise InputError(f"{self._source}: {_NO_REQUESTS}")
        if self._has_metric:
            return self._tally.recording((form,))
        if self._has_unknown:
            return self._tally.recording((form, _UNKNOWN_FAILURES), failures_known=False)
        for seconds in self._by_tags:
            self._tally.add_failures(seconds)
        return self._tally.recording((form, _BY_TAGS))


def _unexpected(expected: pa.Array, status: pa.Array) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Find the responses that were not expected, and those of which that is known."""
    code = pc.if_else(pc.match_substring_regex(status, r"^\d{1,3}$"), status, None).cast(pa.int64())
    by_status = pc.or_(pc.less(code, 200), pc.greater(code, 399))
    by_tag = pc.if_else(pc.is_in(expected, value_set=pa.array(["true", "false"])), pc.equal(expected, "false"), None)
    unexpected = pc.coalesce(by_tag, by_status)
    known = unexpected.is_valid().to_numpy(zero_copy_only=False)
    return pc.fill_null(unexpected, fill_value=False).to_numpy(zero_copy_only=False), known
