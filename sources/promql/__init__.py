"""Queries servers with the query API of Prometheus and reads their series; shared by several adapters."""
