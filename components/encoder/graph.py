"""Writes the network of multilingual-e5-small as an ONNX graph, from a text's embedded pieces to its vector.

Two graphs of the same network: the exact one multiplies the package's own 4-bit weights with activations in blocks of
32, as the package does; the fast one has 8-bit weights, one scale per column, and 8-bit activations, one scale per
text. A handful of channels gets ten to sixty times as large as all others and would leave them two bits: in the fast
graph these channels are divided on their way in, and the weights they meet multiplied. How large they get is measured
with the exact graph, on a few sentences. Needs the package onnx, which nothing else does.
"""

from typing import Callable, Mapping, Optional, Sequence

import numpy as np
import onnx
from onnx import helper, numpy_helper

from components.encoder.adapter import Adapter
from components.encoder.pieces import MOST_PIECES
from components.encoder.session import INPUT
from components.encoder.weights import BLOCK, Weights

MICROSOFT = "com.microsoft"  # ONNX Runtime's own operators
OPERATORS = [helper.make_opsetid("", 17), helper.make_opsetid(MICROSOFT, 1)]
IR_VERSION = 8
OUTPUT = "vector"
EIGHT_BIT_MOST = 127
LARGE_CHANNEL = 5.0  # a channel that gets larger than this is divided down to it
INT8_ACTIVATIONS = 4  # MatMulNBits' accuracy_level

Linear = Callable[["_Graph", str, Sequence[str]], str]
Peaks = Mapping[str, np.ndarray]


def exact_graph(weights: Weights) -> tuple[bytes, dict[str, str]]:
    """The package's own network, and the names of further outputs: for each product, what goes into it."""
    inputs: dict[str, str] = {}

    def linear(graph: "_Graph", x: str, names: Sequence[str]) -> str:
        inputs[names[0]] = x
        codes, scales = (np.concatenate(parts) for parts in zip(*(graph.codes(name) for name in names)))
        return graph.add(
            "MatMulNBits",
            [
                x,
                graph.keep(codes[..., 0::2] | codes[..., 1::2] << 4),
                graph.keep(scales.ravel()),
                "",
                "",
                graph.bias(names),
            ],
            MICROSOFT,
            K=codes.shape[1] * BLOCK,
            N=len(codes),
            bits=4,
            block_size=BLOCK,
            accuracy_level=INT8_ACTIVATIONS,
        )

    model = _network(weights, linear, inputs)
    return model, inputs


def fast_graph(weights: Weights, peaks: Peaks, adapter: Optional[Adapter] = None) -> bytes:
    """The network with 8-bit weights.

    Args:
        peaks: for each product by the name of its (first) matrix, `(n_in,)`, how large each channel was seen.
        adapter: changes to make.
    """
    change = adapter.adapted if adapter else lambda _name, matrix: matrix

    def linear(graph: "_Graph", x: str, names: Sequence[str]) -> str:
        matrix = np.concatenate([change(name, graph.matrix(name)) for name in names])
        divisors = np.maximum(1.0, peaks[names[0]] / LARGE_CHANNEL).astype(np.float32)
        if divisors.max() > 1.0 and _is_feed_forward(names[0]):
            x, matrix = graph.add("Mul", [x, graph.keep(1 / divisors)]), matrix * divisors
        scales = np.abs(matrix).max(axis=1) / EIGHT_BIT_MOST
        eight_bit = np.rint(matrix / scales[:, np.newaxis]).astype(np.int8)
        zeros = np.zeros(len(matrix), np.int8)
        return graph.add(
            "DynamicQuantizeMatMul",
            [x, graph.keep(eight_bit.T), graph.keep(scales), graph.keep(zeros), graph.bias(names)],
            MICROSOFT,
        )

    return _network(weights, linear, {})


def _is_feed_forward(name: str) -> bool:
    """The products where dividing was seen to help; attention's inputs do without (docs/nlu-encoder.md)."""
    return name.endswith((".fi", ".fo"))


def _network(weights: Weights, linear: Linear, shown: Mapping[str, str]) -> bytes:
    """BERT: embeddings, layers of attention and feed-forward, then the mean of all pieces, brought to length 1."""
    graph, sizes = _Graph(weights), weights.sizes
    places = (
        weights.floats("emb.pos").reshape(-1, sizes.width)[:MOST_PIECES] + weights.floats("emb.type")[: sizes.width]
    )
    length = graph.add("Shape", [INPUT], start=1, end=2)
    place = graph.add("Slice", [graph.keep(places), graph.keep(np.zeros(1, np.int64)), length])
    x = graph.normalised(graph.add("Add", [INPUT, place]), "emb.ln")
    thirds = graph.keep(np.full(3, sizes.width, np.int64))
    for number in range(sizes.layers):
        layer = f"l{number}"
        together = linear(graph, x, [f"{layer}.{name}" for name in "qkv"])
        parts = graph.split(together, thirds, 3)
        attention = graph.add("MultiHeadAttention", parts, MICROSOFT, num_heads=sizes.heads)
        x = graph.normalised(linear(graph, attention, [f"{layer}.ao"]), f"{layer}.aln", residual=x)
        inner = graph.add("Gelu", [linear(graph, x, [f"{layer}.fi"])], MICROSOFT)
        x = graph.normalised(linear(graph, inner, [f"{layer}.fo"]), f"{layer}.oln", residual=x)
    mean = graph.add("ReduceMean", [x], axes=[1], keepdims=0)
    graph.add("LpNormalization", [mean], output=OUTPUT, axis=-1, p=2)
    return graph.model(shown.values())


class _Graph:
    """Nodes and constants as they are added, with names made up."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def keep(self, values: np.ndarray) -> str:
        """A constant."""
        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def add(
        self, kind: str, inputs: Sequence[str], domain: str = "", output: Optional[str] = None, **settings: object
    ) -> str:
        """A node with one output, whose name is returned."""
        name = output or f"value_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], domain=domain, **settings))
        return name

    def split(self, x: str, lengths: str, count: int) -> list[str]:
        """`x` in `count` parts along its last axis."""
        names = [f"value_{len(self._nodes)}_{part}" for part in range(count)]
        self._nodes.append(helper.make_node("Split", [x, lengths], names, axis=-1))
        return names

    def normalised(self, x: str, name: str, residual: Optional[str] = None) -> str:
        """Layer normalisation of `x`, with `residual` added before."""
        settings = [self.keep(self._weights.floats(f"{name}.w")), self.keep(self._weights.floats(f"{name}.b"))]
        epsilon = self._weights.sizes.epsilon
        if residual is None:
            return self.add("LayerNormalization", [x, *settings], axis=-1, epsilon=epsilon)
        return self.add("SkipLayerNormalization", [x, residual, *settings], MICROSOFT, epsilon=epsilon)

    def bias(self, names: Sequence[str]) -> str:
        """What is added after the matrices `names`, one after the other."""
        return self.keep(np.concatenate([self._weights.floats(f"{name}.b") for name in names]))

    def codes(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """See `Weights.codes`."""
        return self._weights.codes(f"{name}.w", self._rows(name))

    def matrix(self, name: str) -> np.ndarray:
        """`(n_out, n_in)` float32."""
        return self._weights.matrix(f"{name}.w", self._rows(name))

    def model(self, shown: Sequence[str]) -> bytes:
        """The graph with its vector, and the values `shown`, as outputs."""
        width = self._weights.sizes.width
        floats = onnx.TensorProto.FLOAT
        inputs = [helper.make_tensor_value_info(INPUT, floats, [1, "pieces", width])]
        outputs = [helper.make_tensor_value_info(OUTPUT, floats, [1, width])]
        outputs += [helper.make_tensor_value_info(name, floats, None) for name in dict.fromkeys(shown)]
        graph = helper.make_graph(self._nodes, "sentence_encoder", inputs, outputs, self._constants)
        return helper.make_model(graph, opset_imports=OPERATORS, ir_version=IR_VERSION).SerializeToString()

    def _rows(self, name: str) -> int:
        return len(self._weights.floats(f"{name}.b"))
