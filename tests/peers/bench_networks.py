#!/usr/bin/env python3
"""Speed and memory beside PyTorch, in one run.

    python3 tests/peers/bench_networks.py build/tests/nas_network_bench [--nets a,b] [--seconds 2]
        [--rounds 3] [--precision bf16]

For every network, mode and number of threads, prints one line of JSON: images per second of both at
a batch of 64, their ratio, and the peak memory of each process. PyTorch runs with plain and with
channels-last tensors, whichever is faster; for inference its batch norms are folded. It is kept from
giving memory back to the system after every step, which would make its training several times
slower; its peak memory is that of another process, without this. The processes take turns, a slice
of time each; the median over the rounds counts.
With `--precision bf16` ours trains and infers in bf16, and PyTorch within its autocast to bfloat16;
where the CPU lacks it, one line of JSON a case says why it was not measured.
Wants an otherwise idle machine. Exits with 77 (skipped) where PyTorch is missing.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys

SKIPPED = 77
BATCH = 64
KEEP_MEMORY = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(1 << 40)}


def torch_worker(net, mode, threads, layout, precision):
    import contextlib
    import resource
    import time

    import torch
    from torch_network import Network

    torch.manual_seed(1)
    torch.set_num_threads(threads)
    description = json.loads(subprocess.check_output([os.environ["NAS_NETWORK_BENCH"], net, "json"]))
    model = Network(description)
    if precision != "float32":
        clamp_instead_of_relu6(model)
    images = torch.rand(BATCH, 3, 32, 32) - 0.5
    labels = torch.arange(BATCH) % 10
    if layout == "channels_last":
        model = model.to(memory_format=torch.channels_last)
        images = images.contiguous(memory_format=torch.channels_last)
    loss = torch.nn.CrossEntropyLoss()

    def computing():
        if precision == "float32":
            return contextlib.nullcontext()
        return torch.autocast("cpu", dtype=torch.bfloat16)

    if mode == "train":
        sgd = torch.optim.SGD(
            model.parameters(), lr=0.01, momentum=0.9, nesterov=True, weight_decay=1e-4
        )

        def step():
            sgd.zero_grad(set_to_none=True)
            with computing():
                outputs = model(images)[0].flatten(1)
            loss(outputs.float(), labels).backward()
            sgd.step()

    else:
        model.eval()
        fold(model)

        def step():
            with torch.inference_mode(), computing():
                model(images)

    print("ready", flush=True)
    for line in sys.stdin:
        rounds = int(line)
        start = time.perf_counter()
        for _ in range(rounds):
            step()
        print(time.perf_counter() - start, flush=True)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, flush=True)


def clamp_instead_of_relu6(model):
    """The same function, whose gradient PyTorch 1.13 has in bfloat16, too."""
    from torch import nn

    class Clamp(nn.Module):
        def forward(self, x):
            return x.clamp(0, 6)

    model.steps = [
        (name, Clamp() if isinstance(module, nn.ReLU6) else module, inputs, ended)
        for name, module, inputs, ended in model.steps
    ]


def fold(model):
    """Batch norms into the convolutions that they follow."""
    from torch import nn
    from torch.nn.utils.fusion import fuse_conv_bn_eval

    modules = {name: module for name, module, _, _ in model.steps}
    folded = []
    for name, module, inputs, ended in model.steps:
        before = modules.get(inputs[0])
        if isinstance(module, nn.BatchNorm2d) and isinstance(before, nn.Conv2d):
            fused = fuse_conv_bn_eval(before, module)
            index = [i for i, step in enumerate(folded) if step[0] == inputs[0]][0]
            folded[index] = (name, fused, folded[index][2], folded[index][3])
        else:
            folded.append((name, module, inputs, ended))
    model.steps = folded


class Worker:
    """A process that runs rounds on demand; idle in between."""

    def __init__(self, command, threads, **variables):
        environment = dict(os.environ, OMP_NUM_THREADS=str(threads), **variables)
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        if self.process.stdout.readline() != "ready\n":
            sys.exit(f"{command[0]} did not start")
        self.rates = []

    def run(self, rounds):
        print(rounds, file=self.process.stdin, flush=True)
        return float(self.process.stdout.readline())

    def warm_up(self, seconds):
        self.run(1)
        self.rounds = max(1, round(seconds / self.run(1)))

    def measure(self, images_per_round):
        self.rates.append(self.rounds * images_per_round / self.run(self.rounds))

    def rate(self):
        return statistics.median(self.rates)

    def finish(self):
        """Its peak memory in MiB."""
        self.process.stdin.close()
        peak = float(self.process.stdout.readline())
        self.process.wait()
        return peak


def peak_memory(command, threads):
    worker = Worker(command, threads)
    worker.run(2)
    return worker.finish()


def missing(bench, precision):
    """Why it cannot be measured here; empty where it can."""
    probe = subprocess.run([bench, "precision", precision], capture_output=True, text=True)
    return probe.stderr.strip()


def compare(bench, net, mode, threads, arguments):
    precision = arguments.precision
    case = {"net": net, "mode": mode, "threads": threads, "precision": precision}
    lack = missing(bench, precision)
    if lack:
        print(json.dumps(case | {"not_measured": lack}), flush=True)
        return
    me = [sys.executable, __file__, bench, "--precision", precision]
    me += ["--worker", net, mode, str(threads)]
    ours = Worker([bench, net, mode, str(threads), precision], threads)
    theirs = {
        layout: Worker([*me, layout], threads, **KEEP_MEMORY)
        for layout in arguments.layouts.split(",")
    }
    for worker in (ours, *theirs.values()):
        worker.warm_up(arguments.seconds / arguments.rounds)
    for _ in range(arguments.rounds):
        ours.measure(BATCH * threads)
        for worker in theirs.values():
            worker.measure(BATCH)
    peak = ours.finish()
    for worker in theirs.values():
        worker.finish()
    best = max(theirs, key=lambda layout: theirs[layout].rate())
    result = case | {
        "ours": round(ours.rate(), 1),
        "pytorch": round(theirs[best].rate(), 1),
        "ratio": round(ours.rate() / theirs[best].rate(), 3),
        "ours_peak_mib": round(peak, 1),
        "pytorch_peak_mib": round(peak_memory([*me, best], threads), 1),
        "pytorch_layout": best,
    }
    print(json.dumps(result), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bench", help="our side: build/tests/nas_network_bench")
    parser.add_argument("--nets", default="a,b,c,d,e")
    parser.add_argument("--modes", default="train,inference")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--precision", default="float32", choices=("float32", "bf16"))
    parser.add_argument("--seconds", type=float, default=4, help="for each process of each case")
    parser.add_argument("--rounds", type=int, default=9, help="in which the processes take turns")
    parser.add_argument("--layouts", default="plain,channels_last", help="of PyTorch's tensors")
    parser.add_argument("--worker", nargs=4, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    os.environ["NAS_NETWORK_BENCH"] = arguments.bench
    try:
        import torch  # noqa: F401
    except ImportError as error:
        print(f"skipped: {error}; install python3-torch")
        sys.exit(SKIPPED)
    if arguments.worker:
        net, mode, threads, layout = arguments.worker
        torch_worker(net, mode, int(threads), layout, arguments.precision)
        return
    for net in arguments.nets.split(","):
        for mode in arguments.modes.split(","):
            for threads in arguments.threads.split(","):
                compare(arguments.bench, net, mode, int(threads), arguments)


if __name__ == "__main__":
    main()
