"""Fuzzing of the reading: `python -m tests.fuzz`."""
