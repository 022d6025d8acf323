"""Every rule of the priced policy is held by a check: they pass, and a change to any one rule fails one of them."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from tests.unit.policy.priced.priced_mutants import MUTANTS, Mutant, kernel
from tests.unit.policy.priced.priced_rules import CHECKS


def caught(modules: SimpleNamespace) -> bool:
    """Whether any check fails; a changed rule may break the computation itself."""
    for check in CHECKS:
        try:
            with np.errstate(all="ignore"):
                check(modules)
        except (AssertionError, ArithmeticError, IndexError, TypeError, ValueError):
            return True
    return False


def test_the_kernel_keeps_its_rules():
    with kernel(None) as modules:
        for check in CHECKS:
            check(modules)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.rule)
def test_a_change_to_one_rule_is_caught(mutant: Mutant):
    with kernel(mutant) as modules:
        assert caught(modules)
