"""What did each pod request? The denominator of utilization; replica_calculator.go, calculateRequests.

Restartable init containers count. One container without a request, in any pod, makes the metric fail.

A pod with pod-level requests (KEP-2837) is read as a whole, unless one container is named. A resource that the pod
itself requests takes that value. Any other resource takes the sum over its containers, those without a request left
out, or what one of its init containers needs while it runs, if that is more (component-helpers resource.PodRequests).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plimsoll.policy.hpa.pods import Pod


class HpaMetricError(Exception):
    """A metric could not be computed; the text is the controller's own."""


def pod_requests(pods: Sequence[Pod], container: str | None, resource: str, pod_level: bool = True) -> dict[str, int]:
    """Compute each pod's request in thousandths.

    Raises HpaMetricError for a container without a request, and for a named container that a pod does not have.
    """
    requests: dict[str, int] = {}
    for pod in pods:
        if pod_level and container is None and pod.pod_level_milli:
            requests[pod.name] = _whole_pod_request(pod, pod.pod_level_milli, resource)
        else:
            requests[pod.name] = _container_requests(pod, container, resource)
    return requests


def _whole_pod_request(pod: Pod, own_milli: Mapping[str, int], resource: str) -> int:
    if resource in own_milli:
        return own_milli[resource]
    if not any(resource in one.requests_milli for one in (*pod.containers, *pod.init_containers)):
        raise HpaMetricError(f"missing pod-level request for {resource} in Pod {pod.name}")
    total = sum(one.requests_milli.get(resource, 0) for one in pod.containers)
    beside = starting = 0
    for init in pod.init_containers:
        amount = init.requests_milli.get(resource, 0)
        beside += amount if init.restarts else 0
        starting = max(starting, beside if init.restarts else beside + amount)
    return max(total + beside, starting)


def _container_requests(pod: Pod, container: str | None, resource: str) -> int:
    counted = [*pod.containers, *(init for init in pod.init_containers if init.restarts)]
    wanted = [one for one in counted if container is None or one.name == container]
    if container is not None and not wanted:
        raise HpaMetricError(f"container {container} not found in Pod {pod.name}")
    for one in wanted:
        if resource not in one.requests_milli:
            raise HpaMetricError(f"missing request for {resource} in container {one.name} of Pod {pod.name}")
    return sum(one.requests_milli[resource] for one in wanted)
