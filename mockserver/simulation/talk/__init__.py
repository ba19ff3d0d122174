"""What people in a text chat say to each other, and why they say it.

A conversation is made of threads: somebody asks, proposes or finds something, and the others answer what was
said. `kinds.py` is what can follow what, `setting.py` what those who talk know, `flow.py` decides what comes next,
`wording.py` and `manner.py` how it is put; the other modules hold our own texts, by subject. Nothing here knows
of time or of messages (`chat.py`); chance is an argument.
"""
