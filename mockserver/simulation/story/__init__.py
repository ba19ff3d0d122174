"""A room's story before anything of it is recorded: who joins, what is shown, who answers, who leaves."""
