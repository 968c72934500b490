"""Training scenarios, one file each: read by core.training.scenario."""
