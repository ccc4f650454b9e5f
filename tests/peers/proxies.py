#!/usr/bin/env python3
"""Computes the zero-cost proxies of proxies.cpp in PyTorch.

    python3 tests/peers/proxies.py build/tests/nas_peer_proxies

The same weights and images, in float64, by PyTorch's own automatic differentiation and in the way
of the authors' code: Abdelfattah et al. 2021 (github.com/SamsungLabs/zero-cost-nas), Mellor et al.
2021 (BayesWatch/nas-without-training), Lin et al. 2021 (idstcv/ZenNAS). Every score must agree to
1e-4 of its value.
"""

import json
import math
import sys

import tensors
import numpy
import torch
from torch import nn
from torch.nn import functional
from torch_network import GlobalAveragePool, Network

TOLERANCE = 1e-4

class HardSigmoid(nn.Module):
    """PyTorch's own has no second derivative in all versions."""

    def forward(self, x):
        return (x + 3).clamp(0, 6) / 6


class HardSwish(HardSigmoid):
    def forward(self, x):
        return x * super().forward(x)


ACTIVATIONS = (nn.ReLU, nn.ReLU6, HardSwish)
REPLACED = {nn.Hardsigmoid: HardSigmoid, nn.Hardswish: HardSwish, nn.BatchNorm2d: nn.Identity}
SUFFIXES = {"scale": "weight", "shift": "bias", "running_variance": "running_var"}


def build(architecture, given, prefix):
    """The network in training mode, with the weights whose names begin so."""
    net = Network(architecture).double().train()
    for module in net.modules():
        if hasattr(module, "inplace"):
            module.inplace = False  # hooks read what comes before
    replace(net, nn.Hardsigmoid)
    replace(net, nn.Hardswish)
    load(net, given, prefix)
    return net


def replace(net, kind):
    for name, module in net.parts.items():
        if isinstance(module, kind):
            net.parts[name] = REPLACED[kind]()
    net.steps = [(name, net.parts[name.replace(".", "/")], i, e) for name, _, i, e in net.steps]


def load(net, given, prefix, statistics=True):
    for name, value in given.items():
        if not name.startswith(prefix):
            continue
        node, _, suffix = name[len(prefix) :].rpartition(".")
        if not statistics and suffix.startswith("running"):
            continue
        module = net.parts[node.replace(".", "/")]
        if isinstance(module, nn.BatchNorm2d):
            suffix = SUFFIXES.get(suffix, suffix)
        with torch.no_grad():
            getattr(module, suffix).copy_(value)


def layers(net):
    return [m for m in net.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]


def loss_of(net, given):
    (output,) = net(given["images"].double())
    return functional.cross_entropy(output.flatten(1), given["labels"].long())


def gradient(weight):
    return torch.zeros_like(weight) if weight.grad is None else weight.grad


def gradient_scores(net, given):
    """grad_norm, snip and fisher."""
    activations = {}

    def keep(module, inputs, output):
        if output.requires_grad:
            output.retain_grad()
        activations[module] = output

    hooks = [layer.register_forward_hook(keep) for layer in layers(net)]
    loss_of(net, given).backward()
    for hook in hooks:
        hook.remove()
    fisher = 0
    for layer in layers(net):
        a = activations[layer]
        g = torch.zeros_like(a) if a.grad is None else a.grad
        saliency = (a * g).flatten(2).sum(2)
        per_channel = saliency.pow(2).mean(0).mul(0.5)
        fisher += (per_channel * layer.weight[0].numel()).sum()
    return {
        "grad_norm": sum(gradient(m.weight).norm() for m in layers(net)),
        "snip": sum((gradient(m.weight) * m.weight).abs().sum() for m in layers(net)),
        "fisher": fisher,
    }


def grasp(net, given):
    weights = [layer.weight for layer in layers(net)]
    first = torch.autograd.grad(loss_of(net, given), weights, allow_unused=True)
    second = torch.autograd.grad(
        loss_of(net, given), weights, create_graph=True, allow_unused=True
    )
    product = sum((f.detach() * s).sum() for f, s in zip(first, second) if f is not None)
    net.zero_grad()
    product.backward()
    return sum((-w * gradient(w)).sum() for w in weights)


def jacob_cov(net, given):
    images = given["images"].double().requires_grad_()
    (output,) = net(images)
    output.backward(torch.ones_like(output))
    correlation = numpy.corrcoef(images.grad.flatten(1).numpy())
    values = numpy.linalg.eigvalsh(correlation)
    k = 1e-5
    return -numpy.sum(numpy.log(values + k) + 1 / (values + k))


def naswot(net, given):
    total = 0

    def count(module, inputs, output):
        nonlocal total
        x = (inputs[0].flatten(1) > 0).double()
        total = total + x @ x.t() + (1 - x) @ (1 - x.t())

    hooks = [m.register_forward_hook(count) for m in net.modules() if isinstance(m, ACTIVATIONS)]
    with torch.no_grad():
        net(given["images"].double())
    for hook in hooks:
        hook.remove()
    return numpy.linalg.slogdet(total.numpy())[1]


def synflow(net, given):
    """The logarithm. Spoils the network."""
    replace(net, nn.BatchNorm2d)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.abs_()
    (output,) = net(torch.ones_like(given["images"][:1]).double())
    net.zero_grad()
    output.sum().backward()
    return math.log(sum((gradient(m.weight) * m.weight).abs().sum() for m in layers(net)))


def zen(architecture, given):
    """Of every repeat; running variances go on from one to the next."""
    net = build(architecture, given, "weight:")
    norms = [m for m in net.modules() if isinstance(m, nn.BatchNorm2d)]
    features = []
    pools = [m for m in net.modules() if isinstance(m, GlobalAveragePool)]
    pools[-1].register_forward_hook(lambda module, inputs, output: features.append(inputs[0]))
    scores = {}
    repeat = 0
    with torch.no_grad():
        while f"zen{repeat}:x" in given:
            load(net, given, f"zen{repeat}:weight:", statistics=False)
            x, n = given[f"zen{repeat}:x"].double(), given[f"zen{repeat}:n"].double()
            features.clear()
            net(x)
            net(x + 0.01 * n)
            before, after = features
            score = torch.log((before - after).abs().sum([1, 2, 3]).mean())
            for norm in norms:
                score += torch.log(torch.sqrt(norm.running_var.mean()))
            scores[f"zen{repeat}"] = score
            repeat += 1
    return scores


def counts(net, given):
    macs = 0

    def add(module, inputs, output):
        nonlocal macs
        macs += output[0].numel() * module.weight[0].numel()

    hooks = [layer.register_forward_hook(add) for layer in layers(net)]
    with torch.no_grad():
        net(given["images"].double())
    for hook in hooks:
        hook.remove()
    return {"params": sum(p.numel() for p in net.parameters()), "macs": macs}


def scores_of(architecture, given):
    net = build(architecture, given, "weight:")
    result = counts(net, given)
    result["l2_norm"] = sum(m.weight.norm() for m in layers(net))
    result |= gradient_scores(net, given)
    result["grasp"] = grasp(net, given)
    result["jacob_cov"] = jacob_cov(net, given)
    result["naswot"] = naswot(net, given)
    result |= zen(architecture, given)
    result["synflow"] = synflow(net, given)
    return result


def main(program):
    everything, notes = tensors.from_program(program)
    report = tensors.Report()
    for network, architecture in json.loads(notes["networks"]).items():
        prefix = network + ":"
        given = {n[len(prefix) :]: t for n, t in everything.items() if n.startswith(prefix)}
        theirs = scores_of(architecture, given)
        ours = {n[len("score:") :]: t for n, t in given.items() if n.startswith("score:")}
        assert ours.keys() == theirs.keys(), ours.keys() ^ theirs.keys()
        for name, value in theirs.items():
            value = torch.tensor([float(value)], dtype=torch.float64)
            report.compare(f"{network} {name}", ours[name], value, TOLERANCE)
    report.end()


main(sys.argv[1])
