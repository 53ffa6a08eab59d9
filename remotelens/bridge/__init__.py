"""Faces without a terminal: cameras on an MQTT broker, for scripts, other hosts and Home Assistant.

Belongs here: topics, messages, commands from outside and what is answered to them. Does not: anything that a
camera does (`camera`), or how it is reached (`link`).
"""
