"""MAOS Desktop: several Claude agents work together on one request."""

__version__ = "0.1.0"
