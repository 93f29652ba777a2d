"""`sportello bench`: whole turns of Sportello and of a stock Rasa, measured side by side (docs/bench.md)."""
