"""Damage done to archives at places drawn by lot: what `verify` has to find. python -m tests.damage tells how often it does."""
