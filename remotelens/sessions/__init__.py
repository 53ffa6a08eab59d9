"""Shooting a plan: the journal, the runner, the evidence of what was taken, what is told of it afterwards.

What to shoot belongs to `plans`; how a camera is driven belongs to `camera`; files belong to `library`.
"""
