"""Many officers on few tickets, over several processes: what each was told is held against the log."""
