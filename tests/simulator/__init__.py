"""A whole centre in one process and one thread, by a seed: real operations, rules, engine and storage, and faults."""
