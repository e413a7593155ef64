"""A worker whose GPU runs out of memory in use: started by tests with `MOST real|pretended`.

While more than MOST layers are on the GPU, llama.cpp's own evaluation fails as it does for want of memory,
from the third call on: the first two are the proof that a rung holds. With "pretended" there is a GPU to be
seen that isn't there, and the processor does its work.
"""

import sys
from typing import Any

import llama_cpp as binding

from penwright.engine.messages import Device
from penwright.engine.worker import loop as worker
from penwright.engine.worker.llama.library import Library

LAYERS = 7  # of the starter
GIBI = 1024**3
MOST = int(sys.argv[1])


class Short:
    """Stands before three functions of llama.cpp's and knows how many layers are on the GPU."""

    def __init__(self) -> None:
        self.calls = 0
        self.layers = 0
        self._decode = binding.llama_decode
        self._load = binding.llama_model_load_from_file

    def load(self, path: bytes, params: Any) -> Any:
        self.calls = 0
        self.layers = LAYERS if params.n_gpu_layers < 0 else params.n_gpu_layers
        return self._load(path, params)

    def decode(self, context: Any, batch: Any) -> int:
        self.calls += 1
        if self.layers > MOST and self.calls > 2:
            return -2
        return int(self._decode(context, batch))


short = Short()
binding.llama_decode = short.decode
binding.llama_model_load_from_file = short.load

if sys.argv[2] == "pretended":
    real_devices = Library.devices
    card = Device("Vulkan0", "Card", 8 * GIBI, 8 * GIBI, "gpu")
    Library.devices = lambda self: (*real_devices(self), card)  # type: ignore[method-assign]
    Library.offloaded = property(  # type: ignore[assignment]
        lambda _self: (short.layers, LAYERS), lambda _self, _told: None
    )

worker.main()
