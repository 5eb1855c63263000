"""Import of tables: read a file safely, map its columns, preview, apply in batches, undo."""
