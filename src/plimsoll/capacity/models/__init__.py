"""Which models are there? One a file in this folder, found by its `MODEL`: adding a file adds a model.

`plimsoll.bootstrap.capacity_models` finds them, and those of other packages through the entry-point group
`plimsoll.capacity_models` (an object with the attributes of `plimsoll.capacity.model.CapacityModel`).
"""
