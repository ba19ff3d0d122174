"""The way in: one spine from a request to its answer, for all three APIs, without I/O and without Flask.

Begin at `door.py`, which is one screen of steps; what it asks of whoever drives it is in `steps.py`.
"""
