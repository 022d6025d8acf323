"""How do users test their policies? With a YAML file of a policy, observations, and expected decisions."""
