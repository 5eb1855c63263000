"""Pure rules of the floor; no Django."""
