"""The agents' web app at /desk: docs/desk.md. Every word that agents read is in it.yml."""
