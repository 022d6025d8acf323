"""Every rule of the HPA is held by a case: the cases pass, and a change to any one rule fails one of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.unit.policy.hpa_mutants import MUTANTS, Mutant, mutated

from plimsoll.policy.hpa.conformance import KINDS, fault

FILES = sorted((Path(__file__).parent / "hpa_cases").glob("*.yaml"))
CASES: list[dict[str, Any]] = [case for file in FILES for case in yaml.safe_load(file.read_text())["cases"]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_case_gives_what_it_expects(case: dict[str, Any]):
    assert fault(case) is None


def test_the_cases_are_of_all_eleven_kinds():
    assert {case["kind"] for case in CASES} == set(KINDS)


def test_the_given_cases_all_pass(shared_data: Path):
    cases = json.loads((shared_data / "hpa" / "cases.json").read_text())["cases"]
    assert {case["id"]: fault(case) for case in cases if fault(case)} == {}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.rule)
def test_a_change_to_one_rule_is_caught(mutant: Mutant):
    with mutated(mutant) as conformance:
        assert any(_wrong(conformance, case) for case in CASES)


def test_the_harness_finds_nothing_where_nothing_is_changed():
    with mutated(None) as conformance:
        assert not any(_wrong(conformance, case) for case in CASES)


def _wrong(conformance: Any, case: dict[str, Any]) -> bool:
    try:
        return conformance.fault(case) is not None
    except (KeyError, LookupError, RecursionError):
        return True  # a changed rule may break the computation itself


MALFORMED = [
    pytest.param(3, "a case must be an object", id="no_object"),
    pytest.param({"id": "a"}, "kind is missing", id="no_kind"),
    pytest.param(
        {"kind": "nonsense", "input": {}, "expected": {"a": 1}}, "kind 'nonsense' is not one of", id="unknown_kind"
    ),
    pytest.param({"kind": "clamp_default", "input": {}, "expected": {}}, "expected is empty", id="nothing_expected"),
    pytest.param(
        {"kind": "clamp_default", "input": {}, "expected": {"replicas": 1}},
        "current_replicas is missing",
        id="no_input",
    ),
    pytest.param(
        {"kind": "clamp_default", "input": {"current_replicas": "x"}, "expected": {"replicas": 1}},
        "current_replicas must be a number, not the text 'x'",
        id="text_for_a_number",
    ),
    pytest.param(
        {"kind": "behavior_limit", "input": {"current_replicas": 1, "direction": "left"}, "expected": {"limit": 1}},
        "direction 'left' is neither up nor down",
        id="unknown_direction",
    ),
]


@pytest.mark.parametrize(("case", "said"), MALFORMED)
def test_a_malformed_case_fails_with_its_reason(case: Any, said: str):
    assert said in (fault(case) or "")


def test_an_expectation_that_is_not_met_says_what_came_instead():
    given = {"current_replicas": 3, "desired_replicas": 9, "min_replicas": 1, "max_replicas": 20}
    given |= {"scale_up_limit_factor": 2, "scale_up_limit_minimum": 4}
    case = {"id": "a", "kind": "clamp_default", "input": given, "expected": {"replicas": 9, "reason": "ScaleUpLimit"}}
    assert fault(case) == "replicas: expected 9, got 6"
