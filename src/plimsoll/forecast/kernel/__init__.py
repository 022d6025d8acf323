"""The part of the forecast that is compiled: many series in; for each the weighted path, its scale and past errors out.

One idea a file; `methods` lists the methods. There is no numerical optimizer: every method has a closed form or one
pass over the samples. A "tail" is what is left of the newest seasons once a seasonal pattern is taken away.

Plain Python that Numba can compile (`plimsoll.forecast.compiled`): loops over flat arrays, for every NumPy function
that a kernel calls is compiled with it, which takes longer than the loop that it saves.
"""
