"""The command line: global options, one thin module a command, one place that prints.

What a command does belongs in the rooms below; only asking, calling and rendering belong here.
"""
