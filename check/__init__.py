"""Finds what is wrong in the files that trainers write, and where: `sportello check`.

`sources.py` reads every file once into YAML nodes that know their lines; one module per topic yields `Fault`s from
them; `checker.py` puts them together. Words are in `it.yml`, numbers and lists in `limits.yml`. Neither Rasa nor the
front is loaded, so that an answer takes a second; `full.py` alone asks Rasa.
"""
