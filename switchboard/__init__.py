"""The conversation's truth: log, turns, ownership, people, proofs, jobs. Every function here is one short transaction's work.

Functions take a SQLAlchemy session first and never commit: the caller's transaction does (`Database.writing`, `.write`).
Nothing here knows Rasa, Socket.IO or a shop.
"""
