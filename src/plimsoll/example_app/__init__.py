"""The example application that the demo drives: a small order service with a real cost per request.

It imports no room of Plimsoll and none imports it. One process serves it, so that one instance has a limit worth
finding: each request takes a connection from a bounded pool, runs a query, and spends processor time and memory on
the rows.

    python -m plimsoll.example_app --port 8080

    GET /orders/{customer}      a short list: one query, little work
    GET /report/{customer}      a summary over many rows: the same query, about five times the work
    GET /health                 its components, 200 or 503
    GET /stats                  its own counts as JSON
    GET /metrics                the same for Prometheus
"""
