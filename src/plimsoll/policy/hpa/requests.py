"""What did each pod request? The denominator of utilization; replica_calculator.go, calculatePodRequests.

Requests set on the pod itself win over the sum of its containers, unless one container is named. Restartable init
containers count. One container without a request makes the metric fail, whichever pod it is in.
"""

from __future__ import annotations

from collections.abc import Sequence

from plimsoll.policy.hpa.pods import Pod


class HpaMetricError(Exception):
    """A metric could not be computed; the text is the controller's own."""


def pod_requests(pods: Sequence[Pod], container: str | None, resource: str, pod_level: bool = True) -> dict[str, int]:
    """Compute each pod's request in thousandths.

    Raises HpaMetricError for a container without a request, and for a named container that a pod does not have.
    """
    requests: dict[str, int] = {}
    for pod in pods:
        if pod_level and container is None and pod.pod_level_milli and resource in pod.pod_level_milli:
            requests[pod.name] = pod.pod_level_milli[resource]
        else:
            requests[pod.name] = _container_requests(pod, container, resource)
    return requests


def _container_requests(pod: Pod, container: str | None, resource: str) -> int:
    counted = [*pod.containers, *(init for init in pod.init_containers if init.restarts)]
    wanted = [one for one in counted if container is None or one.name == container]
    if container is not None and not wanted:
        raise HpaMetricError(f"container {container} not found in Pod {pod.name}")
    for one in wanted:
        if resource not in one.requests_milli:
            raise HpaMetricError(f"missing request for {resource} in container {one.name} of Pod {pod.name}")
    return sum(one.requests_milli[resource] for one in wanted)
