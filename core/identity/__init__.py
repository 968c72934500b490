"""Who somebody is: accounts, keys, sessions."""
