"""Servers that send what real ones send on their worst days, and the scoreboard of who keeps it as it came."""
