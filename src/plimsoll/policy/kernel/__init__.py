"""The one step, over flat arrays: what a test of a policy runs once and a replay ten million times.

Plain Python that Numba can compile (`plimsoll.policy.compiled`). `layout` says what the arrays hold, `stages` lists the
stages in their order. Nothing here allocates; a step writes into the memory and the trail that it is given.
"""
