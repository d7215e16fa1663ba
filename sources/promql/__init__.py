"""Asking what speaks the query API of Prometheus, and reading its series; shared by the adapters that do."""
