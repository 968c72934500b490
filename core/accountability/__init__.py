"""Who had what for how long, what was on time, why a deadline is when it is, and whether the log is whole.

Everything here reads; nothing changes a ticket.
"""
