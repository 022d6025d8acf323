"""The platforms' own autoscalers, each under its own rules: (policy, memory, observation, now) -> (decision, memory).

Each platform's treatment of missing, failed or absent metrics is reproduced as it is; Plimsoll's own policies are
stricter (`plimsoll.policy.kernel`).
"""
