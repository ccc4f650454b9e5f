#!/usr/bin/env python3
"""Repeats the training steps and inferences of network_step.cpp in PyTorch.

    python3 tests/peers/network_step.py build/tests/nas_peer_network_step [FIRST LAST]

The seeds FIRST to LAST, 1 to 6 if not given, are those of weights, images and labels. Truth is
PyTorch in float64. The norm of our error in a tensor may be three times that of PyTorch in float32,
or what rounding the tensor's terms once would give: that counts where the true value vanishes, such
as the gradient of a bias before a batch norm, and where PyTorch happens to be exact. Both errors
are sums of roundings. Those of a tensor of a few values are small by chance now and then, in
PyTorch as here, and differ between instruction sets; so the norms go over the tensor's values for
all seeds. Parameters and multiply-accumulates, counted from PyTorch's modules, must be equal.
"""

import collections
import json
import math
import sys

import tensors
import torch
from torch import nn
from torch.nn import functional
from torch_network import Mix, Network

ALLOWED_RATIO = 3
# Relative to the sum of the absolute values of a tensor's terms: each may be rounded once.
FLOOR = torch.finfo(torch.float32).eps
IGNORED = 255

SUFFIXES = {"scale": "weight", "shift": "bias", "running_variance": "running_var"}


def tensor_of(net, parameter):
    shared = parameter.replace(".", "/")
    if shared in net.shared:
        return net.shared[shared]
    node, _, suffix = parameter.rpartition(".")
    module = net.parts[node.replace(".", "/")]
    if isinstance(module, nn.BatchNorm2d):
        suffix = SUFFIXES.get(suffix, suffix)
    return getattr(module, suffix)


def build(architecture, given, dtype):
    """The network in double or single precision, and its tensors by our names of parameters."""
    net = Network(architecture).to(dtype)
    for module in net.modules():
        if hasattr(module, "inplace"):
            module.inplace = False  # hooks read what comes before
    held = {}
    for name in given:
        if not name.startswith("before:"):
            continue
        parameter = name[len("before:") :]
        held[parameter] = tensor_of(net, parameter)
        with torch.no_grad():
            held[parameter].copy_(given[name])
    return net, held


def cross_entropy(logits, labels):
    return functional.cross_entropy(logits, labels, ignore_index=IGNORED)


def step(net, held, given, dtype):
    """What the C++ program writes, by the same names."""
    image, labels = given["image"].to(dtype), given["labels"].long()
    net.train()
    (output,) = net(image)
    loss = cross_entropy(output, labels)
    loss.backward()
    result = {"output": output.detach(), "loss": loss.detach().reshape(1)}
    for name, tensor in held.items():
        if isinstance(tensor, nn.Parameter):
            # No path leads from the parameter to the loss where there is none.
            zero = torch.zeros_like(tensor)
            result["gradient:" + name] = zero if tensor.grad is None else tensor.grad
        else:
            result["after:" + name] = tensor.clone()
    net.eval()
    with torch.no_grad():
        (result["inference"],) = net(image)
    return result


class Terms:
    """The sums of the absolute values of what gradients, running means and losses are sums of."""

    def __init__(self, net):
        self.sums = {}
        self.read = {}
        for name, module in net.parts.items():
            if isinstance(module, (nn.Conv2d, nn.Linear, nn.BatchNorm2d)):
                module.register_forward_hook(self.reader(name.replace("/", ".")))

    def reader(self, name):
        def hook(module, inputs, output):
            if not module.training:
                return
            x = inputs[0].detach()
            if isinstance(module, nn.BatchNorm2d):
                self.add_running_mean(name, module, x)
            if output.requires_grad:
                output.register_hook(lambda g: self.add_gradients(name, module, x, g.detach()))

        return hook

    def add_running_mean(self, name, module, x):
        # The hook runs after the running mean has moved.
        new = module.momentum * x.mean((0, 2, 3))
        old = module.running_mean - new
        terms = old.abs() + module.momentum * x.abs().mean((0, 2, 3))
        self.sums[f"after:{name}.running_mean"] = terms

    def add_gradients(self, name, module, x, gradient):
        prefix = f"gradient:{name}."
        if isinstance(module, nn.Conv2d):
            self.sums[prefix + "weight"] = nn.grad.conv2d_weight(
                x.abs(),
                module.weight.shape,
                gradient.abs(),
                module.stride,
                module.padding,
                module.dilation,
                module.groups,
            )
            self.sums[prefix + "bias"] = gradient.abs().sum((0, 2, 3))
        elif isinstance(module, nn.Linear):
            gradient = gradient.abs().flatten(1)
            self.sums[prefix + "weight"] = gradient.t() @ x.abs().flatten(1)
            self.sums[prefix + "bias"] = gradient.sum(0)
        else:
            mean = x.mean((0, 2, 3), keepdim=True)
            variance = x.var((0, 2, 3), unbiased=False, keepdim=True)
            distance = (x - mean) / (variance + module.eps).sqrt()
            self.sums[prefix + "scale"] = (gradient * distance).abs().sum((0, 2, 3))
            self.sums[prefix + "shift"] = gradient.abs().sum((0, 2, 3))

    def add_loss(self, output, labels):
        """The mean over what counts of log(sum(exp(x))) - x[label], which rounding treats as two terms."""
        # The output is N x classes (x 1 x 1), or N x classes x H x W with labels N x H x W.
        output = output.reshape(*output.shape[:2], *labels.shape[1:])
        counted = labels != IGNORED
        classes = labels.masked_fill(~counted, 0)
        picked = output.gather(1, classes.unsqueeze(1)).squeeze(1)
        terms = output.logsumexp(1).abs() + picked.abs()
        self.sums["loss"] = terms[counted].mean()

    def floor(self, name, truth):
        """Outputs and variances do not vanish: they are their own terms."""
        return FLOOR * self.sums.get(name, truth).norm().item()


def count(net, image):
    """Parameters without the coefficients of mixes, and multiply-accumulates of one image."""
    macs = 0

    def hook(module, inputs, output):
        nonlocal macs
        macs += output.numel() * module.weight[0].numel()

    hooks = [
        module.register_forward_hook(hook)
        for module in net.modules()
        if isinstance(module, (nn.Conv2d, nn.Linear))
    ]
    net.eval()
    with torch.no_grad():
        net(image)
    for handle in hooks:
        handle.remove()
    coefficients = {id(m.coefficient) for m in net.modules() if isinstance(m, Mix)}
    weights = [each for each in net.parameters() if id(each) not in coefficients]
    return sum(each.numel() for each in weights), macs


class Norms:
    """Of a tensor's errors and of its floor, over all seeds."""

    def __init__(self):
        self.ours = self.theirs = self.floor = 0.0

    def add(self, ours, theirs, floor):
        self.ours = math.hypot(self.ours, ours)
        self.theirs = math.hypot(self.theirs, theirs)
        self.floor = math.hypot(self.floor, floor)

    def ratio(self):
        if self.theirs == 0:
            return 0.0 if self.ours == 0 else math.inf
        return self.ours / self.theirs


class Comparison:
    """Of one network, over all seeds."""

    def __init__(self):
        self.tensors = collections.defaultdict(Norms)
        self.counts_agree = True

    def add_counts(self, ours, theirs):
        if ours != theirs:
            self.counts_agree = False
            print(f"{ours} parameters and MACs here, PyTorch's modules have {theirs}")

    def add_tensor(self, what, ours, truth, theirs, floor):
        assert ours.shape == truth.shape, f"{what}: {ours.shape} or {truth.shape}?"
        our_error = (ours.double() - truth).norm().item()
        their_error = (theirs.double() - truth).norm().item()
        self.tensors[what].add(our_error, their_error, floor)

    def end(self, name):
        """Prints what was found; whether it is as it should be."""
        beyond = {w: n for w, n in self.tensors.items() if not n.ratio() <= ALLOWED_RATIO}
        failed = {w: n for w, n in beyond.items() if not n.ours <= n.floor}
        for what, norms in failed.items():
            print(
                f"{name}, {what}: error {norms.ours:.2e}, PyTorch's {norms.theirs:.2e}, "
                f"floor {norms.floor:.2e}"
            )
        others = {w: n.ratio() for w, n in self.tensors.items() if w not in beyond or w in failed}
        worst = max(others, key=others.get)
        print(
            f"{name:20} {len(self.tensors):4} tensors, {len(beyond) - len(failed):3} within rounding, "
            f"others at most {others[worst]:.2f} times PyTorch's error ({worst})"
        )
        return self.counts_agree and not failed


def compare(comparison, described, given):
    """Adds one network with the weights and images of one seed."""
    architecture = described["architecture"]
    exact, held = build(architecture, given, torch.float64)
    comparison.add_counts(
        (described["params"], described["macs"]), count(exact, given["image"][:1].double())
    )
    terms = Terms(exact)
    truth = step(exact, held, given, torch.float64)
    terms.add_loss(truth["output"], given["labels"].long())
    theirs = step(*build(architecture, given, torch.float32), given, torch.float32)
    for what, tensor in truth.items():
        ours = given.get(what)
        if ours is None:
            # The program lists no gradient for what the loss does not depend on.
            assert not tensor.any(), f"'{what}' is missing"
            ours = torch.zeros_like(tensor)
        comparison.add_tensor(what, ours, tensor, theirs[what], terms.floor(what, tensor))


def main():
    first, last = map(int, sys.argv[2:4]) if len(sys.argv) > 2 else (1, 6)
    comparisons = collections.defaultdict(Comparison)
    for seed in range(first, last + 1):
        found, notes = tensors.from_program(sys.argv[1], str(seed))
        for name, described in json.loads(notes["networks"]).items():
            prefix = name + ":"
            given = {k[len(prefix) :]: t for k, t in found.items() if k.startswith(prefix)}
            compare(comparisons[name], described, given)
    passed = [comparison.end(name) for name, comparison in comparisons.items()]
    sys.exit(0 if passed and all(passed) else 1)


if __name__ == "__main__":
    main()
