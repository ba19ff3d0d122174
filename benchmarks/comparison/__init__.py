"""What `peers.py` is made of: the cases and their answers, the servers, the loads, the readings, the targets."""
