"""The conversation's truth: log, turns, ownership, people, proofs, jobs.

Every function here is one short transaction's work. It takes a SQLAlchemy session first and never commits: the caller's
transaction does (`Database.writing`, `Database.write`).
Nothing here knows Rasa, Socket.IO or a shop.
"""
