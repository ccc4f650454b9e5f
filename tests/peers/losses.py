#!/usr/bin/env python3
"""Repeats the losses and gradients of losses.cpp in PyTorch.

    python3 tests/peers/losses.py build/tests/nas_peer_losses
"""

import json
import sys

import tensors
import torch
from torch.nn import functional

# Sums of a few hundred terms in double; one rounding of the gradient to single precision.
TOLERANCES = {"f64": 1e-12, "f32": 1e-6}


def cross_entropy(x, given, settings):
    return functional.cross_entropy(x, given["labels"].long(), **settings)


def distillation(x, given, settings):
    t = settings["temperature"]
    hard = functional.cross_entropy(
        x, given["labels"].long(), label_smoothing=settings["label_smoothing"]
    )
    soft = functional.cross_entropy(x / t, (given["teacher"].to(x.dtype) / t).softmax(1))
    return hard + settings["weight"] * t * t * soft


def focal(x, given, settings):
    # As torchvision.ops.sigmoid_focal_loss writes it.
    targets = given["targets"].to(x.dtype)
    p = torch.sigmoid(x)
    surprise = functional.binary_cross_entropy_with_logits(x, targets, reduction="none")
    wrong = 1 - (p * targets + (1 - p) * (1 - targets))
    alpha = settings["alpha"] * targets + (1 - settings["alpha"]) * (1 - targets)
    return (alpha * wrong ** settings["gamma"] * surprise).sum() / 4


def smooth_l1(x, given, settings):
    return functional.smooth_l1_loss(x, given["targets"].to(x.dtype), reduction="sum", **settings) / 4


LOSSES = {
    "cross_entropy": cross_entropy,
    "distillation": distillation,
    "focal": focal,
    "smooth_l1": smooth_l1,
}


def main():
    found, notes = tensors.from_program(sys.argv[1])
    report = tensors.Report()
    for name, case in json.loads(notes["cases"]).items():
        for precision, tolerance in TOLERANCES.items():
            prefix = f"{name}.{precision}."
            given = {key[len(prefix) :]: t for key, t in found.items() if key.startswith(prefix)}
            # PyTorch works in double for both: what is compared is our rounding.
            x = given.get("logits", given.get("predictions")).double().requires_grad_()
            loss = LOSSES[case["loss"]](x, given, case["settings"])
            loss.backward()
            what = f"{name}, {precision}"
            report.compare(what, given["loss"], loss.detach().reshape(1), tolerance)
            report.compare(what, given["gradient"], x.grad, tolerance)
    report.end()


if __name__ == "__main__":
    main()
