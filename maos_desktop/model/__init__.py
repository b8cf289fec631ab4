"""Frozen data of the product. Import from the modules below."""
