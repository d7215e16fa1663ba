"""Shared by the readers of GitOps tools, Helm and pipelines in a cluster."""
