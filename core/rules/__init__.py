"""The rules, pure: values in, values out; no session, no current time, no files."""
