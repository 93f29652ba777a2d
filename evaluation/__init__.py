"""Measures what a model understands of labelled sentences, and trains the pipeline on any data set of them."""
