"""The policy that buys replicas for what they are worth, as a kernel: forecast, outcomes, purchase, account.

Plain Python that Numba can compile. `step` is the one decision, the same in a replay and outside.
"""
