"""The shape of the project: layers, import footprint, public names, what a wheel holds."""
