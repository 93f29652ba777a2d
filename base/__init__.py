"""What every part stands on: settings, clock, database, ids. Imports nothing else of Sportello."""
