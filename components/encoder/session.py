"""How ONNX Runtime runs a graph here: on the caller's own thread, so that nothing else waits or is spread."""

from pathlib import Path
from typing import Callable, Union

import numpy as np
import onnxruntime

INPUT = "embedded"  # of every graph here: a text's embedded pieces, `(1, n_pieces, width)` float32
ERRORS_ONLY = 3


def open_session(graph: Union[Path, bytes]) -> onnxruntime.InferenceSession:
    """A session of the graph in a file or in memory; it may be used by several threads at once."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_mem_pattern = False  # every text has another length
    options.log_severity_level = ERRORS_ONLY
    # Older processors add 8-bit products in 16 bits, where they overflow: slower and right is wanted there.
    options.add_session_config_entry("session.x64quantprecision", "1")
    model = graph if isinstance(graph, bytes) else str(graph)
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def open_network(graph: Path) -> Callable[[np.ndarray], np.ndarray]:
    """The network in a file: from embedded pieces, `(n_pieces, width)` float32, to a vector, `(width,)`."""
    session = open_session(graph)

    def network(embedded: np.ndarray) -> np.ndarray:
        (vectors,) = session.run(None, {INPUT: embedded[np.newaxis]})
        return vectors[0]

    return network
