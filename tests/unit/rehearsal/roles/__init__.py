"""Tests of what each role does."""
