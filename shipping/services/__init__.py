"""Everything that writes shipping's rows."""
