"""An order service for a small shop."""
