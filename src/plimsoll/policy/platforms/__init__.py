"""The platforms' own autoscalers, each under its own rules: (policy, memory, observation, now) -> (decision, memory).

What a platform does with a missing metric, a failed one or none is the platform's affair and reproduced; Plimsoll's
own policies are stricter (`plimsoll.policy.kernel`).
"""
