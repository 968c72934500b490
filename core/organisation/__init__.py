"""Who there is: units, people, roles and duty; from templates and files into the store, and changed with a date."""
