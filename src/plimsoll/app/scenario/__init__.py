"""The language in which users test their policies: a policy, what is observed, what is expected, as YAML."""
