"""What the intent classifier learns: arithmetic only, no Rasa."""
