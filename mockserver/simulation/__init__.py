"""The simulated world: scenario -> world -> plans -> streams -> datasets.

Pure: no HTTP, no SQL, no clock, no file but the scenario's. Every record is a function of (seed, name,
index), so nothing is stored and any record can be made without those before it.
"""
