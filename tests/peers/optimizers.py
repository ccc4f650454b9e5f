#!/usr/bin/env python3
"""Repeats the steps of optimizers.cpp in PyTorch.

    python3 tests/peers/optimizers.py build/tests/nas_peer_optimizers
"""

import json
import sys

import tensors
import torch

# Twenty steps of single precision, each rounded to 6e-8 of values near 1.
TOLERANCE = 1e-6
NAMES = ("weight", "bias")


class TensorFlowRMSprop(torch.optim.Optimizer):
    """tf.compat.v1.train.RMSPropOptimizer, which PyTorch lacks."""

    def __init__(self, groups, lr, alpha, eps, momentum=0.0, centered=False, weight_decay=0.0):
        defaults = dict(lr=lr, alpha=alpha, eps=eps, momentum=momentum, centered=centered)
        super().__init__(groups, {**defaults, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state[p]
                square = state.setdefault("square", torch.ones_like(p))
                mean = state.setdefault("mean", torch.zeros_like(p))
                velocity = state.setdefault("velocity", torch.zeros_like(p))
                square += (1 - group["alpha"]) * (p.grad**2 - square)
                variance = square
                if group["centered"]:
                    mean += (1 - group["alpha"]) * (p.grad - mean)
                    variance = square - mean**2
                velocity *= group["momentum"]
                velocity += group["lr"] * p.grad / torch.sqrt(variance + group["eps"])
                p -= velocity


def optimizer(variant, weight, bias):
    variant = dict(variant)
    kind = variant.pop("class")
    decay = variant.pop("weight_decay", 0.0)
    groups = [
        {"params": [weight], "weight_decay": decay},
        {"params": [bias], "weight_decay": 0.0},
    ]
    if kind == "TensorFlowRMSprop":
        return TensorFlowRMSprop(groups, **variant)
    return getattr(torch.optim, kind)(groups, **variant)


def check(name, variant, found, steps, report):
    parameters = [torch.nn.Parameter(found[f"start.{p}"].clone()) for p in NAMES]
    clip_norm = variant.pop("clip_norm")
    rule = optimizer(variant, *parameters)
    for step in range(steps):
        for parameter, p in zip(parameters, NAMES):
            parameter.grad = found[f"gradient.{step}.{p}"].clone()
        if clip_norm > 0:
            torch.nn.utils.clip_grad_norm_(parameters, clip_norm)
        for group in rule.param_groups:
            group["lr"] = variant["lr"] * (1 - step / 40)
        rule.step()
        for parameter, p in zip(parameters, NAMES):
            report.compare(name, found[f"{name}.{step}.{p}"], parameter.detach(), TOLERANCE)


def main():
    found, notes = tensors.from_program(sys.argv[1])
    report = tensors.Report()
    for name, variant in json.loads(notes["variants"]).items():
        check(name, variant, found, int(notes["steps"]), report)
    report.end()


if __name__ == "__main__":
    main()
