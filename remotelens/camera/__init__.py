"""One camera as a person sees it: its state, its settings, and one module an ability.

Belongs here: what a photographer can ask of a camera, in the field's words. Does not: finding or reaching a
camera (`link`), files on disk (`library`), bytes of the protocol (`protocol`).
"""
