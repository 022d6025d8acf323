"""The compiled part of the forecast: one series in, candidate paths, weights and quantiles out.

Imported only where a forecast is made, so that no command pays for the compiler that does not forecast. One idea a
file; `methods` lists them. There is no numerical optimizer: every method has a closed form or one pass over the
samples. A "tail" is what is left of the newest seasons once a seasonal pattern is taken away.
"""
