"""The same step on a virtual clock over recorded history; scores. Pure."""
