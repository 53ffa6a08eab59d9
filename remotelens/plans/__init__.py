"""What to shoot, as pure data: reading, checking, expanding, costing, explaining a plan.

No camera, no event loop, no clock: a plan is checked and told on paper. Shooting it belongs to `sessions`.
"""
