"""What every room says in the same way: errors, timestamps, JSON, addresses. Imports nothing of ours."""
