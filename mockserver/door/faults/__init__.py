"""What goes wrong on purpose: the kinds of faults there are, and how each is played.

Which of them fires when is told in `mockserver/sandbox/faults.py`.
"""
