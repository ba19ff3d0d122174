"""What people in a text chat say to each other, and why they say it.

A conversation is made of threads: somebody asks, proposes or finds something, and the others answer what was
said. `kinds.py` is what can follow what, `setting.py` what those who talk know, `flow.py` decides what comes next,
`wording.py` and `manner.py` how it is put. No word is in the code: `texts.py` is what a file of texts may say,
`english.toml` is ours, `reading.py` reads one, and `topics.py` and `openings.py` work out what can be said with it
(`repertoire.py`). Nothing here knows of time or of messages (`chat.py`); chance is an argument.
"""
