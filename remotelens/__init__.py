"""Remote control of lens-style cameras; importing this package runs nothing else."""
