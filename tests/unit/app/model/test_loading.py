"""Loading: the minimal model, all faults at once, several files, OpenSLO, secrets."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from plimsoll.app.model import load_model, model_from_text
from plimsoll.domain.errors import ModelError
from plimsoll.domain.platform_policy import HpaPolicy

HEAD = "apiVersion: plimsoll/v1\nkind: System\nmetadata: {name: x}\n"
MINIMAL = """\
apiVersion: plimsoll/v1
kind: System
metadata: {name: trace}
components:
  - name: web
    demand: {unit: requests, per: 60s}      # a row of the trace is the demand of that span
    capacity: {per_replica: 145}            # in the same unit and span
    slo: {utilization: 80%}
    startup: 120s
    replicas: {min: 2, max: 500}
    policies:
      - {name: hpa70, hpa: {cpu: 70%}}
"""


def faults(text: str) -> list[str]:
    with pytest.raises(ModelError) as caught:
        model_from_text(text, "m.yaml")
    return [str(fault) for fault in caught.value.faults]


def test_the_minimal_model_that_others_rely_on_loads_into_base_units() -> None:
    web = model_from_text(MINIMAL).system.components[0]
    assert web.demand is not None
    assert (web.demand.unit, web.demand.per_s, web.capacity) == ("requests", 60.0, 145.0)
    assert (web.slo.utilization, web.startup.median_s, web.replicas.min, web.replicas.max) == (0.8, 120.0, 2, 500)
    (policy,) = web.policies
    assert isinstance(policy, HpaPolicy)
    assert (policy.min, policy.max, policy.metrics[0].target) == (2, 500, 70)


def test_all_faults_come_at_once_in_the_order_of_the_file_with_what_was_meant() -> None:
    text = HEAD + (
        "compnents: []\n"
        "components:\n"
        "  - name: web\n"
        "    startup: 5\n"
        "    slo: {utilization: 70}\n"
        "    replicas: {min: 3, max: 1}\n"
        "    depends_on: [wbe]\n"
        "    scaling: horizntal\n"
    )
    assert faults(text) == [
        "m.yaml:4:1: compnents: unknown key 'compnents'; did you mean \"components\"?",
        (
            "m.yaml:7:14: components[0].startup.median: '5' needs a unit of seconds; "
            "write it like 250ms, 30s, 5m, 12h, 30d"
        ),
        "m.yaml:8:24: components[0].slo.utilization: 70 is 7000 %: write it with its % sign, such as 70%",
        "m.yaml:9:15: components[0].replicas: min 3 is above max 1",
        "m.yaml:10:18: components[0].depends_on[0]: there is no component 'wbe'; did you mean \"web\"?",
        "m.yaml:11:14: components[0].scaling: 'horizntal' is not one of its values; did you mean \"horizontal\"?",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["m.yaml: is empty"]),
        ("- a\n", ["m.yaml:1:1: a model file is a mapping of sections"]),
        (
            "apiVersion: plimsoll/v1alpha1\nkind: System\n",
            [
                (
                    "m.yaml:1:13: apiVersion: plimsoll/v1alpha1 is an older version of plimsoll/v1: "
                    "`plimsoll model upgrade m.yaml` rewrites it"
                )
            ],
        ),
        (HEAD + "components: {a: 1}\n", ["m.yaml:4:13: components: is to be a list"]),
        (HEAD + "components: [[1]]\n", ["m.yaml:4:14: components[0]: is to be a mapping"]),
        (HEAD + "planning: {start: 2025-02-30}\n", ["m.yaml:4:19: planning.start: is to be a date such as 2025-01-31"]),
        (
            HEAD + "components: [{name: a}, {name: a}]\n",
            ["m.yaml:4:32: components[1].name: the name 'a' is taken; it first stands in m.yaml, line 4"],
        ),
        (
            HEAD + "components: [{name: a, policies: [{name: big}]}, {name: b, policies: [{name: p, after: big}]}]\n",
            ["m.yaml:4:88: components[1].policies[0].after: the component has no policy 'big'; it has no other"],
        ),
        (
            HEAD + "scenarios: [{name: s, driver: users}]\n",
            ["m.yaml:4:31: scenarios[0].driver: there is no driver 'users'; there are no drivers"],
        ),
        (
            HEAD + "components: [{name: a, policies: [{name: p, every: 5s, hpa: {cpu: 70%}}]}]\n",
            [
                (
                    "m.yaml:4:52: components[0].policies[0].every: is not for a policy of the kind hpa, "
                    "which goes by its platform's own rules"
                )
            ],
        ),
        (
            HEAD + "components: [{name: a, policies: [{name: p, scale_out: {signal: cpu}}]}]\n",
            ["m.yaml:4:56: components[0].policies[0].scale_out[0]: needs one of above and below"],
        ),
        (
            HEAD + "components: [{name: a, startup: {median: 9s, failures: 100%}, policies: [{name: p, every: 0s}]}]\n",
            [
                "m.yaml:4:56: components[0].startup.failures: is to be less than 1",
                "m.yaml:4:91: components[0].policies[0].every: is to be greater than 0",
            ],
        ),
        (
            HEAD + "events:\n"
            "  - {name: a, start: 2026-01-01, kind: changepoint, factor: 2}\n"
            "  - {name: b, start: 2026-01-01, end: 2026-01-02, kind: ignore, offset: 2}\n"
            "  - {name: c, start: 2026-01-01, end: 2026-01-02, kind: changepoint}\n"
            "  - {name: d, start: 2026-01-01, kind: ignore}\n",
            [
                "m.yaml:5:5: events[0]: one of kind changepoint has no factor and no offset, which change demand",
                "m.yaml:6:5: events[1]: one of kind ignore has no factor and no offset, which change demand",
                (
                    "m.yaml:7:5: events[2]: a changepoint has no end: history before its start is void; "
                    "to leave out a span, use ignore"
                ),
                "m.yaml:8:5: events[3]: one of kind ignore needs its end",
            ],
        ),
        (
            HEAD + "metadata: {time_zone: Mars/Phobos, name: y}\n",
            ["m.yaml:4:1: metadata: is written twice; it first stands in line 3"],
        ),
    ],
    ids=[
        "empty",
        "a_list",
        "an_older_version",
        "mapping_for_list",
        "list_for_mapping",
        "no_such_day",
        "a_name_taken",
        "after_a_policy_of_another_component",
        "a_driver_that_is_not_there",
        "own_key_on_a_platform_policy",
        "a_trigger_without_threshold",
        "out_of_the_bounds_of_a_field_with_a_unit",
        "events_that_say_what_their_kind_does_not_mean",
        "a_section_twice",
    ],
)
def test_a_faulty_model_says_what_and_where(text: str, expected: list[str]) -> None:
    assert faults(text) == expected


@pytest.mark.parametrize(
    "line",
    [
        "sources: [{name: a, kind: prometheus, token: hunter2}]",
        'sources: [{name: a, kind: prometheus, url: "https://user:hunter2@host"}]',
        "sources: [{name: a, kind: postgres, dsn: 'postgresql://u:hunter2@h/db'}]",
        "alerts: {channels: [{name: s, kind: slack, url: 'https://hooks/hunter2'}]}",
    ],
    ids=["token", "password_in_an_address", "connection_string", "webhook"],
)
def test_a_secret_in_the_file_is_refused_and_never_repeated(line: str) -> None:
    (fault,) = faults(HEAD + line + "\n")
    assert "env:NAME or file:PATH" in fault
    assert "hunter2" not in fault


@pytest.mark.parametrize("query", ["/metrics?token=hunter2 .cpu", "up /health?api_key=hunter2"])
def test_a_secret_in_the_path_of_a_query_is_refused_and_never_repeated(query: str) -> None:
    (fault,) = faults(f"{HEAD}signals: [{{name: cpu, query: '{query}'}}]\n")
    assert "let the source send it" in fault
    assert "hunter2" not in fault


@pytest.mark.parametrize("query", ["/metrics?page=2 .cpu", 'rate(logins{path=~"/in?.*[?&]token=.*"}[5m])', ".a.token"])
def test_a_query_without_a_secret_is_taken(query: str) -> None:
    model = model_from_text(f"{HEAD}signals: [{{name: cpu, query: '{query}'}}]\n")
    assert model.file.signals[0].query == query


def test_several_files_and_folders_are_one_model(tmp_path: Path) -> None:
    (tmp_path / "plimsoll.yaml").write_text(HEAD + "include: parts\ncomponents: [{name: a}]\n")
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "1.yaml").write_text("components: [{name: b, depends_on: [a]}]\n")
    (tmp_path / "parts" / "2.yaml").write_text("drivers: [{name: users}]\nprices: {currency: EUR}\n")
    (tmp_path / "more.yaml").write_text("components: [{name: c}]\nprices: {core_hour: 0.05}\n")
    model = load_model([tmp_path / "plimsoll.yaml", tmp_path / "more.yaml"])
    assert [component.name for component in model.system.components] == ["a", "b", "c"]
    assert model.file.prices is not None
    assert (model.file.prices.currency, model.file.prices.core_hour) == ("EUR", 0.05)
    assert str(model.system.components[2].place).startswith(str(tmp_path / "more.yaml:1:21"))


def test_what_two_files_both_say_is_a_fault_that_names_both(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(HEAD + "prices: {currency: EUR}\n")
    (tmp_path / "b.yaml").write_text("prices:\n  currency: USD\n")
    with pytest.raises(
        ModelError, match=r"b.yaml:2:3: prices.currency: is given twice; the other is in .*a.yaml, line 4"
    ):
        load_model([tmp_path])


def test_files_that_include_each_other_are_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(HEAD + "include: b.yaml\n")
    (tmp_path / "b.yaml").write_text("include: a.yaml\ncomponents: [{name: b}]\n")
    assert [part.name for part in load_model([tmp_path / "a.yaml"]).system.components] == ["b"]


def test_without_a_file_the_error_says_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError, match="plimsoll init"):
        load_model()


@pytest.mark.parametrize(
    "line",
    ['"\\e[31m": 1', 'planning: {action_items: ["\\e]0;x\\a"]}', 'components: [{name: "a\\e[2J"}]'],
    ids=["in_an_unknown_key", "in_a_text", "in_a_name"],
)
def test_a_model_cannot_speak_to_the_terminal(line: str) -> None:
    assert all("\x1b" not in fault and "\a" not in fault for fault in faults(HEAD + line + "\n"))


OPENSLO = """\
apiVersion: openslo/v1
kind: SLI
metadata: {name: fast}
spec:
  ratioMetric:
    good: {metricSource: {type: Prometheus, spec: {query: good_total}}}
    total: {metricSource: {type: Prometheus, spec: {query: all_total}}}
---
apiVersion: openslo/v1
kind: SLO
metadata: {name: checkout-fast}
spec:
  service: web
  indicatorRef: fast
  timeWindow: [{duration: 4w, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.995}]
---
apiVersion: openslo/v1
kind: SLO
metadata: {name: latency}
spec:
  service: web
  description: p99 below 250 ms
  indicator:
    spec:
      thresholdMetric: {metricSource: {spec: {query: p99}}}
  timeWindow: [{duration: 1M}]
  objectives:
    - {displayName: normal, op: lt, value: 0.25, target: 0.99}
    - {displayName: hard, op: lt, value: 1, targetPercent: 99.9}
---
apiVersion: openslo/v1
kind: Service
metadata: {name: web}
"""


def test_openslo_documents_become_objectives_and_what_has_no_place_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(HEAD + "components: [{name: web}]\n")
    (tmp_path / "slo.yaml").write_text(OPENSLO)
    model = load_model([tmp_path])
    by_name = {objective.name: objective for objective in model.file.slos}
    assert list(by_name) == ["checkout-fast", "latency/normal", "latency/hard"]
    fast, hard = by_name["checkout-fast"], by_name["latency/hard"]
    assert fast.indicator is not None
    assert (fast.target, fast.window, fast.indicator.good, fast.component) == (0.995, 2419200.0, "good_total", "web")
    assert hard.indicator is not None
    assert hard.indicator.threshold is not None
    assert (hard.target, hard.window, hard.indicator.threshold.value) == (0.999, 2592000.0, 1.0)
    assert [finding.rule for finding in model.findings] == ["openslo-kind"]


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (
            ("service: web\n  indicatorRef", "service: wbe\n  indicatorRef"),
            "slos[0].component: there is no component 'wbe'",
        ),
        (("indicatorRef: fast", "indicatorRef: slow"), "no SLI 'slow' in this file"),
        (("target: 0.995", "target: 99.5"), "slos[0].target: 99.5 is 9950 %"),
        (("openslo/v1\nkind: SLO", "openslo/v2\nkind: SLO"), "'openslo/v2' is not openslo/v1"),
        (("[{target: 0.995}]", "[]"), "an SLO needs spec.objectives"),
    ],
    ids=["unknown_service", "unknown_indicator", "percent_for_ratio", "unknown_version", "no_objectives"],
)
def test_a_faulty_openslo_document_is_told_with_its_place(tmp_path: Path, edit: tuple[str, str], message: str) -> None:
    (tmp_path / "a.yaml").write_text(HEAD + "components: [{name: web}]\n")
    (tmp_path / "slo.yaml").write_text(OPENSLO.replace(*edit, 1))
    with pytest.raises(ModelError) as caught:
        load_model([tmp_path])
    assert message in str(caught.value)
    assert "slo.yaml:" in str(caught.value)


def test_reading_a_model_takes_no_heavy_library_so_that_validate_stays_quick() -> None:
    heavy = "{'numpy', 'scipy', 'numba', 'pyarrow', 'duckdb', 'httpx', 'plimsoll.planning'}"
    check = f"import sys, plimsoll.app.model, plimsoll.app.model.showing; print(sorted({heavy} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout == "[]\n"


def test_signals_derived_from_a_components_own_demand_are_its_responses() -> None:
    text = MINIMAL + (
        "signals:\n"
        "  - {name: memory, component: web, kind: ratio, derived: {of: requests, base: 20%, slope: 0.5%, max: 90%}}\n"
        "  - {name: jobs, component: web, form: total, derived: {of: requests, slope: 2}}\n"
        "  - {name: elsewhere, derived: {of: requests, slope: 2}}\n"
    )
    memory, jobs = model_from_text(text).system.components[0].responses
    assert (memory.signal, memory.load[:2]) == ("memory", (0.0, 140.0))
    assert memory.value == pytest.approx((0.2, 0.9, 0.9))
    assert (jobs.signal, jobs.form.value, jobs.value[0]) == ("jobs", "total", 0.0)


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        ("{lose: zone}", "a zone of how many?"),
        ("{lose: zone, count: 3, of: 3}", "nothing is left of 3 where 3 are lost"),
        ("{lose: instance, of: 3}", "`of` counts zones"),
    ],
    ids=["zones_not_counted", "every_zone", "zones_of_an_instance"],
)
def test_a_loss_that_would_be_read_as_another_one_is_refused(loss: str, message: str) -> None:
    (fault,) = faults(HEAD + f"recovery:\n  survive: [{loss}]\n")
    assert message in fault


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        pytest.param("signal: cpu", "needs one of above, below, down and expr", id="none"),
        pytest.param("signal: cpu, above: 80%, below: 10%", "needs one of above, below, down and expr", id="two"),
        pytest.param("component: a, above: 80%", "needs the signal that is judged", id="no_signal"),
        pytest.param("down: true", "needs the component that may be down", id="no_component"),
    ],
)
def test_an_alert_rule_asks_one_question_of_something(rule: str, message: str) -> None:
    text = HEAD + f"components: [{{name: a}}]\nalerts: {{rules: [{{name: r, {rule}}}]}}\n"
    assert faults(text) == [f"m.yaml:5:18: alerts.rules[0]: {message}"]


@pytest.mark.parametrize(
    ("limit", "message"),
    [
        ("soft: 95%, hard: 90%", "the soft limit 95% must come before the hard one, 90%"),
        ("soft: 10GB, hard: 20GB, low_is_bad: true", "the soft limit 10GB must come before the hard one, 20GB"),
        ("soft: 80%, hard: 50GB", "soft is in ratio, hard in bytes"),
    ],
    ids=["above", "below", "of_two_sorts"],
)
def test_a_soft_limit_that_a_hard_one_makes_pointless_is_refused(limit: str, message: str) -> None:
    (fault,) = faults(HEAD + f"components:\n  - name: web\n    limits: [{{resource: disk, {limit}}}]\n")
    assert message in fault


@pytest.mark.parametrize(
    ("course", "message"),
    [
        ("rates: [{from_month: 2, monthly: 1%}, {from_month: 2, monthly: 9%}]", "two rates begin in month 2"),
        ("monthly: 5%, rates: [{from_month: 1, monthly: 1%}]", "two rates begin in month 1"),
        ("monthly: 5%, points: [{month: 1, value: 9}]", "points state the values, and rates another course"),
        ("range: [15%, 5%]", "the lowest rate of the range comes first"),
        ("points: [{value: 9}]", "when is it?"),
        ("points: [{value: 9, month: 1, at: 2026-05-01}]", "when is it?"),
    ],
    ids=["rates_of_one_month", "rate_beside_rates", "rate_beside_points", "range_upside_down", "no_time", "two_times"],
)
def test_a_course_of_which_a_part_would_be_passed_over_is_refused(course: str, message: str) -> None:
    text = f"drivers: [{{name: users}}]\nscenarios: [{{name: up, driver: users, {course}}}]\n"
    assert any(message in fault for fault in faults(HEAD + text))


def test_an_addition_in_a_month_that_no_plan_has_is_refused() -> None:
    """It must not become an event of month 0 without a cost."""
    addition = "{what: GB, quantity: 1, each: 2, in_months: [0]}"
    (fault,) = faults(HEAD + f"prices: {{groups: {{g: {{items: {{i: 1}}, additions: [{addition}]}}}}}}\n")
    assert "in_months" in fault
