"""What is recorded of a story, one module for each kind of record."""
