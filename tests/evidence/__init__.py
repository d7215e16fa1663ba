"""One incident, played once on a real control plane, and told by every kind of evidence that it left."""
