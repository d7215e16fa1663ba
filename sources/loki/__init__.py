"""Shared by all sources that read from Loki."""
