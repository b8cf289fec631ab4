"""Tests of the embedded back end: its rules, its protocol, its server."""
