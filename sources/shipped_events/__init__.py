"""Kubernetes Events that were shipped out of the cluster: what is the same wherever they are kept."""
