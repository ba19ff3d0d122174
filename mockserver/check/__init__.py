"""`mockserver check`: proves the thirteen invariants against a server, through its public API.

    transport -> reader -> observed room -> rules -> results -> lines and an exit code

Nothing in here imports the simulation: what cannot be seen through the API is not checked, and the
docstring of each rule says so. The control API is asked for one number only, the correlation that 13 should find
(`agreement.py`). To read on: `invariants.py` is the table, `run.py` the run.
"""
