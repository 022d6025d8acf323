"""What would a policy have done? Its steps on a virtual clock over recorded history, and its scores. Pure."""
