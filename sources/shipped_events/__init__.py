"""Kubernetes Events that were shipped out of the cluster: the code for all stores."""
