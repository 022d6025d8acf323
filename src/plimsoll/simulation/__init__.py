"""What would a policy have done? The live step on a virtual clock over recorded history, and its scores. Pure."""
