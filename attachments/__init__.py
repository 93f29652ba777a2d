"""Files that people send: told by their content, made harmless, and wholly on disk before anybody hears of them.

Imports nothing of Sportello but `base`. Rows and who may see what are `switchboard/attachments.py`.
"""
