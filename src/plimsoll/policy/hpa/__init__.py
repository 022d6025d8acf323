"""The HorizontalPodAutoscaler, rule by rule: what would the controller do?

Source: kubernetes/kubernetes pkg/controller/podautoscaler (horizontal.go, replica_calculator.go) and KEP-853, newest
semantics. `reconcile` is one whole step over pods and samples; `totals.hpa_decide` is the same arithmetic over the
totals of a fleet, the hot path of a replay. Functions over numbers and arrays are plain Python that Numba can compile
(`plimsoll.policy.compiled`): the rules that are tested are the rules that run.
"""
