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


class Product(nn.Module):
    """Element by element, or each channel by a factor."""

    def forward(self, x, factors):
        return x * factors


class Concat(nn.Module):
    def forward(self, *parts):
        return torch.cat(parts, 1)


class Slice(nn.Module):
    def __init__(self, attributes):
        super().__init__()
        self.begin = attributes["begin"]
        self.end = self.begin + attributes["count"]

    def forward(self, x):
        return x[:, self.begin : self.end]


class ChannelShuffle(nn.Module):
    """As ShuffleNet's authors write it; PyTorch's own has no gradient in all versions."""

    def __init__(self, attributes):
        super().__init__()
        self.groups = attributes["groups"]

    def forward(self, x):
        return x.unflatten(1, (self.groups, -1)).transpose(1, 2).flatten(1, 2)


class Shift(nn.Module):
    def __init__(self, attributes):
        super().__init__()
        self.top, self.left = attributes["top"], attributes["left"]
        pad = attributes["pad"]
        self.right = attributes["right"] + (self.left if pad else 0)
        self.bottom = attributes["bottom"] + (self.top if pad else 0)

    def forward(self, x):
        x = x[:, :, self.top :, self.left :]
        return nn.functional.pad(x, (0, self.right, 0, self.bottom))


class Zero(nn.Module):
    def __init__(self, attributes):
        super().__init__()
        self.stride = attributes["stride_h"], attributes["stride_w"]
        self.channels = attributes["out_channels"]

    def forward(self, x):
        shape = x[:, :, :: self.stride[0], :: self.stride[1]].shape
        return x.new_zeros(shape[0], self.channels or shape[1], *shape[2:])


class Mix(nn.Module):
    """The sum of its inputs, each times a coefficient or, as in DARTS' authors' code, the softmax of
    all. `row`: of coefficients that other mixes share."""

    def __init__(self, attributes, coefficient, row):
        super().__init__()
        self.is_softmax = attributes["softmax"]
        self.coefficient = coefficient
        self.row = row

    def forward(self, *inputs):
        weights = self.coefficient if self.row is None else self.coefficient[self.row]
        if self.is_softmax:
            weights = nn.functional.softmax(weights, dim=-1)
        return sum(w * x for w, x in zip(weights, inputs))


class GlobalAveragePool(nn.Module):
    def forward(self, x):
        return nn.functional.adaptive_avg_pool2d(x, 1)


class GlobalMaxPool(nn.Module):
    def forward(self, x):
        return nn.functional.adaptive_max_pool2d(x, 1)


class Linear(nn.Linear):
    """Logits as (N, C, 1, 1), as all activations have four axes."""

    def forward(self, x):
        return super().forward(x.flatten(1))[:, :, None, None]


def pair(attributes, name):
    return attributes[name + "_h"], attributes[name + "_w"]


def convolution(attributes, shapes):
    return nn.Conv2d(
        shapes[0][0],
        attributes["out_channels"],
        pair(attributes, "kernel"),
        pair(attributes, "stride"),
        pair(attributes, "padding"),
        pair(attributes, "dilation"),
        attributes["groups"],
        bool(attributes["bias"]),
    )


def batch_norm(attributes, shapes):
    return nn.BatchNorm2d(
        shapes[0][0],
        attributes["epsilon"],
        attributes["momentum"],
        affine=bool(attributes["affine"]),
    )


def window(attributes):
    return [pair(attributes, name) for name in ("kernel", "stride", "padding")]


def average_pool(attributes, shapes):
    included = bool(attributes["include_padding"])
    return nn.AvgPool2d(*window(attributes), count_include_pad=included)


def upsample(attributes, shapes):
    mode = {"mode": "bilinear", "align_corners": False} if attributes["bilinear"] else {}
    if attributes["height"]:
        return nn.Upsample((attributes["height"], attributes["width"]), **mode)
    return nn.Upsample(scale_factor=pair(attributes, "factor"), **mode)


def linear(attributes, shapes):
    inputs = shapes[0][0] * shapes[0][1] * shapes[0][2]
    return Linear(inputs, attributes["out_features"], bool(attributes["bias"]))


MODULES = {
    "convolution": convolution,
    "batch_norm": batch_norm,
    "relu": lambda a, s: nn.ReLU(),
    "relu6": lambda a, s: nn.ReLU6(),
    "leaky_relu": lambda a, s: nn.LeakyReLU(a["slope"]),
    "elu": lambda a, s: nn.ELU(a["alpha"]),
    "swish": lambda a, s: nn.SiLU(),
    "h_swish": lambda a, s: nn.Hardswish(),
    "sigmoid": lambda a, s: nn.Sigmoid(),
    "h_sigmoid": lambda a, s: nn.Hardsigmoid(),
    "tanh": lambda a, s: nn.Tanh(),
    "softplus": lambda a, s: nn.Softplus(),
    "add": lambda a, s: Add(),
    "multiply": lambda a, s: Product(),
    "scale": lambda a, s: Product(),
    "concat": lambda a, s: Concat(),
    "slice": lambda a, s: Slice(a),
    "channel_shuffle": lambda a, s: ChannelShuffle(a),
    "shift": lambda a, s: Shift(a),
    "zero": lambda a, s: Zero(a),
    "identity": lambda a, s: nn.Identity(),
    "max_pool": lambda a, s: nn.MaxPool2d(*window(a)),
    "average_pool": average_pool,
    "global_max_pool": lambda a, s: GlobalMaxPool(),
    "global_average_pool": lambda a, s: GlobalAveragePool(),
    "upsample": upsample,
    "linear": linear,
}


class Network(nn.Module):
    def __init__(self, description):
        super().__init__()
        nodes = description["nodes"]
        self.steps = []
        self.shared = nn.ParameterDict()
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
            if node["op"] == "mix":
                module = self.mix(node)
            else:
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

    def mix(self, node):
        """Its coefficients are its own, or a row of a matrix that mixes share."""
        if "parameters" not in node:
            own = nn.Parameter(torch.ones(len(node["inputs"])))
            return Mix(node["attributes"], own, None)
        reference = node["parameters"]["coefficient"]
        name = reference["name"].replace(".", "/")
        if name not in self.shared:
            self.shared[name] = nn.Parameter(torch.ones(reference["shape"]))
        taken, reshaped = reference["views"]
        row = taken["range"]
        assert (row["axis"], row["count"]) == (0, 1) and list(reshaped) == ["reshape"]
        return Mix(node["attributes"], self.shared[name], row["begin"])

    def forward(self, image):
        values = {self.input: image}
        for name, module, inputs, ended in self.steps:
            values[name] = module(*[values[i] for i in inputs])
            for i in set(ended):
                del values[i]
        return [values[name] for name in self.outputs]
