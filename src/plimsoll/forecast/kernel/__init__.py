"""The compiled part of the forecast: many series in; for each its weighted path, its scale and its past errors out.

There is one idea a file; `methods` lists the methods. There is no numerical optimizer: every method has a closed form
or takes one pass over the samples. A "tail" is what remains of the newest seasons after a seasonal pattern is removed.

The code is plain Python that Numba can compile (`plimsoll.forecast.compiled`). It loops over flat arrays, because every
NumPy function that a kernel calls is compiled with it, which takes longer than the loop saves.
"""
