"""Run the example application: `python -m plimsoll.example_app --port 8080`."""

from __future__ import annotations

import argparse
import math
import tempfile
from pathlib import Path

import uvicorn

from plimsoll.example_app.service import example_app


def main() -> None:
    """Serve until stopped; on loopback unless told otherwise."""
    parser = argparse.ArgumentParser(
        prog="python -m plimsoll.example_app", description="A small service with a real cost per request."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, default=8080, help="port to listen on; 0 takes a free one (default: %(default)s)"
    )
    parser.add_argument("--pool-size", type=int, default=8, help="connections to the database (default: %(default)s)")
    parser.add_argument(
        "--query-ms", type=float, default=0.0,
        help="how long each query keeps its connection waiting, as a slow disk would (default: %(default)g)",
    )  # fmt: skip
    options = parser.parse_args()
    if not 0 <= options.port <= 65535:
        parser.error(f"--port {options.port} is none; ports go from 0 to 65535")
    if options.pool_size < 1:
        parser.error(f"--pool-size {options.pool_size}: no request is served without a connection")
    if not 0 <= options.query_ms < math.inf:
        parser.error(f"--query-ms {options.query_ms:g}: give milliseconds, 0 or more")
    with tempfile.TemporaryDirectory(prefix="plimsoll-example-") as folder:
        app = example_app(Path(folder) / "orders.db", options.pool_size, options.query_ms / 1000)
        uvicorn.run(app, host=options.host, port=options.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
