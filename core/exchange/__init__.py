"""Tickets in from other systems and out to spreadsheets: readers, maps, import, export."""
