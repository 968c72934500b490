"""The operations, one verb of the field each. Every way in goes through `Desk.do`."""
