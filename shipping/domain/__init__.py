"""Rating, tracking and label rules without Django."""
