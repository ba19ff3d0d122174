"""A picture of one room: drift, ratings, and who was there. `story` gathers, `figure` draws, `write` saves.

Drawing needs matplotlib, an optional extra; gathering does not, and nothing else of ours imports this.
"""
