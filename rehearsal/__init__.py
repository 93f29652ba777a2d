"""Holds written conversations with the whole assistant in one process, away from any customer."""
