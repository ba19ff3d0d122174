"""`mockserver check`: proves the thirteen invariants against a server, through its public API alone.

    transport -> reader -> study (one room) -> rules -> results -> lines and an exit code

Nothing in here imports the simulation: what cannot be seen through the API is not checked, and the
docstring of each rule says so. To read on: `invariants.py` is the table, `run.py` the run.
"""
