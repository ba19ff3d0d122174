"""What a world is like, as a file says it: the fields, the rules, and every mistake with its line."""
