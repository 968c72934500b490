"""What each verb decides. A verb looks at the case and says what changes; it writes nothing itself."""
