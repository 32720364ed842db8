"""What decisions cost and what could be better: over columns, without files or a clock."""
