"""What does a ScaledObject of keda.sh/v1alpha1 say? The manifest -> the policy."""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.app.manifests.fields import Fields
from plimsoll.app.manifests.hpa import behavior
from plimsoll.domain.finding import Finding
from plimsoll.domain.platform_policy import FallbackBehavior, KedaFallback, KedaPolicy, KedaTrigger, TargetType

# Where each scaler's documentation puts the threshold of its metric; most call it `threshold`.
_THRESHOLDS = (
    "threshold",
    "value",
    "queueLength",
    "lagThreshold",
    "targetQueryValue",
    "targetMetricValue",
    "listLength",
)
_ACTIVATIONS = tuple(f"activation{name[0].upper()}{name[1:]}" for name in _THRESHOLDS)


def keda_policy(manifest: Fields) -> KedaPolicy:
    """Read a ScaledObject. Raises InputError at the field that is wrong."""
    spec = manifest.child("spec")
    least, most = spec.whole("minReplicaCount", 0), spec.whole("maxReplicaCount", 100)
    if least > most:
        other = spec.place("maxReplicaCount")
        raise spec.error(f"minReplicaCount {least} is above maxReplicaCount {most} (see {other})", "minReplicaCount")
    config = spec.child("advanced").child("horizontalPodAutoscalerConfig")
    triggers = tuple(_trigger(one, index) for index, one in enumerate(spec.children("triggers")))
    if not triggers:
        raise spec.error("holds no trigger", "triggers")
    return KedaPolicy(
        name=manifest.child("metadata").text("name"),
        triggers=triggers,
        min=least,
        max=most,
        idle=spec.maybe_whole("idleReplicaCount"),
        polling_interval_s=spec.whole("pollingInterval", 30),
        cooldown_period_s=spec.whole("cooldownPeriod", 300),
        initial_cooldown_s=spec.whole("initialCooldownPeriod", 0),
        fallback=_fallback(spec),
        behavior=behavior(config.child("behavior")) if config.value.get("behavior") else None,
        target_name=spec.child("scaleTargetRef").text("name"),
        place=manifest.place("metadata", "name"),
    )


def keda_remarks(manifest: Fields) -> Iterator[Finding]:
    """Name the parts of a ScaledObject that are not replayed: a formula instead of triggers, and a pause."""
    name, advanced = manifest.child("metadata").text("name"), manifest.child("spec").child("advanced")
    if advanced.value.get("scalingModifiers"):
        text = f"{name}: scalingModifiers make one metric of its triggers, and KEDA scales on that alone"
        remedy = "the formula is not read: each trigger is replayed for itself"
        yield Finding("formula-left-out", text, remedy, (advanced.place("scalingModifiers"),))
    annotations = manifest.child("metadata").child("annotations")
    for key in annotations.value:
        if key.startswith("autoscaling.keda.sh/paused") and str(annotations.value[key]).lower() != "false":
            text = f"{name}: it is paused in the cluster ({key})"
            yield Finding("paused", text, "it is replayed as if it were not", (annotations.place(key),))


def _trigger(source: Fields, index: int) -> KedaTrigger:
    scaler, metadata = source.text("type"), source.child("metadata")
    usual = "Utilization" if scaler in ("cpu", "memory") else "AverageValue"
    name = source.text("name", scaler if scaler in ("cpu", "memory") else f"s{index}-{scaler}")
    threshold = next((metadata.milli(key) for key in _THRESHOLDS if key in metadata.value), None)
    if threshold is None:
        raise metadata.error(f"says no threshold that is understood (one of {', '.join(_THRESHOLDS)})")
    activation = next((metadata.quantity(key) / 1000 for key in _ACTIVATIONS if key in metadata.value), 0.0)
    settings = tuple(sorted((key, str(value)) for key, value in metadata.value.items()))
    kind = source.one_of(TargetType, "metricType", usual)
    return KedaTrigger(scaler, name, threshold / 1000, kind, activation, settings, source.place())


def _fallback(spec: Fields) -> KedaFallback | None:
    if spec.value.get("fallback") is None:
        return None
    source = spec.child("fallback")
    how = source.one_of(FallbackBehavior, "behavior", FallbackBehavior.STATIC.value)
    return KedaFallback(source.whole("failureThreshold"), source.whole("replicas"), how)
