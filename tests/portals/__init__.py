"""A farm of sample portals, drawn from a seed and served on loopback under host names of their own.

`tests.portals.farm.Farm` draws and answers, `tests.portals.server.serve` puts it on a port,
`python -m tests.portals` does both from a shell. `Farm(platforms=…)` has every platform in several skins.
"""
