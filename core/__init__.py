"""What happens: rules, operations, the escalation engine."""
