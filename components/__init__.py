"""NLU graph components for Italian customers' messages, one per file, and the plain functions they stand on."""
