"""Training: scenarios that a trainee plays against the clock on a street of their own, and how they are scored."""
