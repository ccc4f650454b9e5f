"""Tensors that the C++ programs of this folder hand to PyTorch, and how both are compared.

    tensors, notes = tensors.from_program(sys.argv[1])    # runs it: PROGRAM FILE
    report = tensors.Report()
    report.compare("step 3", tensors["ours"], theirs, tolerance=1e-6)
    report.end()                                          # exits with 1 where something differs

Programs write safetensors files, as the engine's weights are; see tensor_file.hpp. Where PyTorch is
missing, importing this module ends the process with 77, which ctest counts as skipped.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

SKIPPED = 77

try:
    import numpy
    import torch
except ImportError as error:
    print(f"skipped: {error}; install python3-torch and python3-numpy")
    sys.exit(SKIPPED)

torch.set_num_threads(1)

DTYPES = {"F32": "<f4", "F64": "<f8", "I32": "<i4"}


def read(path):
    """{name: torch.Tensor} and {name: text}: the tensors of a safetensors file, its metadata."""
    data = pathlib.Path(path).read_bytes()
    begin = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:begin])
    notes = header.pop("__metadata__", {})
    found = {}
    for name, entry in header.items():
        first, last = entry["data_offsets"]
        values = numpy.frombuffer(data[begin + first : begin + last], DTYPES[entry["dtype"]])
        found[name] = torch.from_numpy(values.copy()).reshape(entry["shape"])
    return found, notes


def from_program(*command):
    """What a program writes to the file whose name is added to its arguments."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "tensors.safetensors"
        subprocess.run([*command, path], check=True)
        return read(path)


class Report:
    """The largest difference of every comparison, relative to the largest value of the peer's."""

    def __init__(self):
        self.failed = 0
        self.worst = {}

    def compare(self, what, ours, theirs, tolerance):
        assert ours.shape == theirs.shape, f"{what}: {ours.shape} here, {theirs.shape} there"
        scale = max(theirs.abs().max().item(), torch.finfo(theirs.dtype).tiny)
        difference = (ours.double() - theirs.double()).abs().max().item() / scale
        self.worst[what] = max(difference, self.worst.get(what, 0.0))
        if not difference <= tolerance:
            self.failed += 1
            print(f"{what}: differs by {difference:.2e}, {tolerance:.0e} is allowed")

    def end(self):
        assert self.worst, "nothing was compared"
        for what, difference in self.worst.items():
            print(f"{what:40} {difference:.1e}")
        sys.exit(1 if self.failed else 0)
