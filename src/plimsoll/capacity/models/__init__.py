"""Which models are there? One file each in this folder, found by its `MODEL`: a further file is a further model.

They are found by `plimsoll.bootstrap.capacity_models`, and another package's through the entry-point group
`plimsoll.capacity_models` (an object with the attributes of `plimsoll.capacity.model.CapacityModel`).
"""
