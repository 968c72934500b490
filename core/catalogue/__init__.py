"""The matter catalogue as data: read, check, load as a version, match a report to it, route it."""
