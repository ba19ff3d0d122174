"""What happens to a world: its clock, what clients wrote, how often they asked. No HTTP and no SQL in here."""
