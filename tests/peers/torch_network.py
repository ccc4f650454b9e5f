"""A network of `nas` as a PyTorch module, from its JSON.

Ids, names and parameters are those of the JSON; the operations are PyTorch's own, so that nothing of
our engine has a say in what they compute.
"""

import torch
from torch import nn


class Add(nn.Module):
    def forward(self, first, *others):
        for other in others:
            first = first + other
        return first


class Scale(nn.Module):
    def forward(self, x, factors):
        return x * factors


class GlobalAveragePool(nn.Module):
    def forward(self, x):
        return nn.functional.adaptive_avg_pool2d(x, 1)


class Linear(nn.Linear):
    """Logits as (N, C, 1, 1), as all activations have four axes."""

    def forward(self, x):
        return super().forward(x.flatten(1))[:, :, None, None]


def convolution(attributes, shapes):
    pair = lambda name: (attributes[name + "_h"], attributes[name + "_w"])
    return nn.Conv2d(
        shapes[0][0],
        attributes["out_channels"],
        pair("kernel"),
        pair("stride"),
        pair("padding"),
        pair("dilation"),
        attributes["groups"],
        bool(attributes["bias"]),
    )


def batch_norm(attributes, shapes):
    return nn.BatchNorm2d(shapes[0][0], attributes["epsilon"], attributes["momentum"])


def linear(attributes, shapes):
    inputs = shapes[0][0] * shapes[0][1] * shapes[0][2]
    return Linear(inputs, attributes["out_features"], bool(attributes["bias"]))


MODULES = {
    "convolution": convolution,
    "batch_norm": batch_norm,
    "relu": lambda a, s: nn.ReLU(),
    "relu6": lambda a, s: nn.ReLU6(),
    "swish": lambda a, s: nn.SiLU(),
    "h_swish": lambda a, s: nn.Hardswish(),
    "sigmoid": lambda a, s: nn.Sigmoid(),
    "h_sigmoid": lambda a, s: nn.Hardsigmoid(),
    "add": lambda a, s: Add(),
    "scale": lambda a, s: Scale(),
    "global_average_pool": lambda a, s: GlobalAveragePool(),
    "linear": linear,
}


class Network(nn.Module):
    def __init__(self, description):
        super().__init__()
        nodes = description["nodes"]
        self.steps = []
        self.parts = nn.ModuleDict()
        self.outputs = description["outputs"]
        readers = {}
        for node in nodes:
            for name in node["inputs"]:
                readers[name] = readers.get(name, 0) + 1
        last = {name: i for i, node in enumerate(nodes) for name in node["inputs"]}
        shapes = {}
        for index, node in enumerate(nodes):
            name, inputs = node["name"], node["inputs"]
            if node["op"] == "input":
                a = node["attributes"]
                self.input = name
                shapes[name] = (a["channels"], a["height"], a["width"])
                continue
            module = MODULES[node["op"]](node["attributes"], [shapes[i] for i in inputs])
            # As PyTorch's users do, where nobody else reads what is overwritten.
            before = [n["op"] for n in nodes if n["name"] == inputs[0]][0]
            if hasattr(module, "inplace") and readers[inputs[0]] == 1 and before == "batch_norm":
                module.inplace = True
            self.parts[name.replace(".", "/")] = module
            ended = [i for i in inputs if last[i] == index and i not in self.outputs]
            self.steps.append((name, module, inputs, ended))
            with torch.no_grad():
                module.eval()
                zeros = [torch.zeros(1, *shapes[i]) for i in inputs]
                shapes[name] = tuple(module(*zeros).shape[1:])
                module.train()

    def forward(self, image):
        values = {self.input: image}
        for name, module, inputs, ended in self.steps:
            values[name] = module(*[values[i] for i in inputs])
            for i in set(ended):
                del values[i]
        return [values[name] for name in self.outputs]
