"""Files of recordings: playable, of exactly the size that their record says."""
