"""What the three APIs share of Flask: the application made of their rows, requests and their bodies, JSON answers."""
