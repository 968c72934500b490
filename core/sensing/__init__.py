"""Sensing devices: the register, the signals that come in, and the tickets that are made of them."""
