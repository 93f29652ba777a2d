"""From labelled sentences to changes in the trainers' YAML that touch nothing else, and what these do to the figures.

`label.py` says what a label is; `places.py` finds where sentences stand in a file and `lines.py` puts them in and out;
`changes.py` decides which files, and plans; `applied.py` writes a plan and takes it back; `effect.py` trains with it
beforehand, aside. Nothing here loads Rasa before a model is trained or asked. Words are in `it.yml`.
"""
