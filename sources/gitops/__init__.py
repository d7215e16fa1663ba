"""What the readers of GitOps tools, Helm and pipelines in a cluster have in common."""
