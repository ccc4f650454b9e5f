#!/usr/bin/env python3
"""The recipes of recipe.cpp in PyTorch, with PyTorch's default initialisation.

    python3 tests/peers/recipe.py plain --seeds 1-12
    python3 tests/peers/recipe.py mobile --seeds 1-4

One line per seed, then the mean and its standard deviation. Exits with 77 (skipped) where PyTorch
or the dataset is missing.
"""

import argparse
import gzip
import math
import pathlib
import statistics
import sys

SKIPPED = 77
FOLDER = pathlib.Path("/usr/share/datasets/fashion-mnist")
BATCH = 64
RATE = 0.1
DECAY = 5e-4


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


try:
    import numpy
    import torch
    from torch.nn import AdaptiveAvgPool2d, BatchNorm2d, Conv2d, Flatten, Linear, ReLU, ReLU6
    from torch.nn import Sequential
except ImportError as error:
    skip(f"{error}; install python3-torch")


def read_idx(name, header):
    path = FOLDER / name
    if not path.exists():
        skip(f"'{path}' is missing; install dataset-fashion-mnist")
    with gzip.open(path) as file:
        return numpy.frombuffer(file.read(), numpy.uint8, offset=header)


def read_part(name):
    """Images (N, 1, 28, 28) from 0 to 255, and labels."""
    pixels = read_idx(f"{name}-images-idx3-ubyte.gz", 16).reshape(-1, 1, 28, 28)
    labels = read_idx(f"{name}-labels-idx1-ubyte.gz", 8).astype(numpy.int64)
    return torch.from_numpy(pixels.astype(numpy.float32)), torch.from_numpy(labels)


def convolution(inputs, outputs, kernel, stride=1, groups=1, activation=ReLU6):
    return Sequential(
        Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
        BatchNorm2d(outputs),
        *([activation()] if activation else []),
    )


class InvertedBottleneck(torch.nn.Module):
    def __init__(self, inputs, outputs, stride, expansion):
        super().__init__()
        hidden = inputs * expansion
        self.skips = stride == 1 and inputs == outputs
        self.branch = Sequential(
            convolution(inputs, hidden, 1),
            convolution(hidden, hidden, 3, stride, groups=hidden),
            convolution(hidden, outputs, 1, activation=None),
        )

    def forward(self, x):
        return x + self.branch(x) if self.skips else self.branch(x)


class Plain:
    epochs = 3
    flip = False

    @staticmethod
    def data():
        """Trains on the first 10,000 training images, measures on the last 10,000."""
        images, labels = read_part("train")
        return images[:10000], labels[:10000], images[-10000:], labels[-10000:]

    @staticmethod
    def network():
        return Sequential(
            convolution(1, 16, 3, 1, activation=ReLU),
            convolution(16, 32, 3, 2, activation=ReLU),
            convolution(32, 64, 3, 2, activation=ReLU),
            AdaptiveAvgPool2d(1),
            Flatten(),
            Linear(64, 10),
        )


class Mobile:
    epochs = 4
    flip = True

    @staticmethod
    def data():
        return *read_part("train"), *read_part("t10k")

    @staticmethod
    def network():
        return Sequential(
            convolution(1, 16, 3),
            InvertedBottleneck(16, 24, 2, 3),
            InvertedBottleneck(24, 24, 1, 3),
            InvertedBottleneck(24, 40, 2, 4),
            InvertedBottleneck(40, 40, 1, 4),
            InvertedBottleneck(40, 64, 1, 4),
            convolution(64, 128, 1),
            AdaptiveAvgPool2d(1),
            Flatten(),
            Linear(128, 10),
        )


RECIPES = {"plain": Plain, "mobile": Mobile}


def optimiser(net):
    weights = [p for p in net.parameters() if p.dim() > 1]
    others = [p for p in net.parameters() if p.dim() == 1]
    groups = [{"params": weights, "weight_decay": DECAY}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.SGD(groups, lr=RATE, momentum=0.9, nesterov=True)


def flipped(images):
    """Each image mirrored with probability one half."""
    mirrored = torch.rand(len(images)) < 0.5
    return torch.where(mirrored[:, None, None, None], images.flip(3), images)


def train(net, images, labels, epochs, flip):
    sgd = optimiser(net)
    loss = torch.nn.CrossEntropyLoss()
    per_epoch = len(images) // BATCH
    steps = epochs * per_epoch
    for step in range(steps):
        if step % per_epoch == 0:
            order = torch.randperm(len(images))
        first = step % per_epoch * BATCH
        batch = order[first : first + BATCH]
        inputs = flipped(images[batch]) if flip else images[batch]
        for group in sgd.param_groups:
            group["lr"] = RATE * (1 + math.cos(math.pi * step / steps)) / 2
        sgd.zero_grad()
        loss(net(inputs), labels[batch]).backward()
        sgd.step()


def accuracy(net, images, labels):
    net.eval()
    with torch.no_grad():
        logits = torch.cat([net(part) for part in images.split(500)])
    return 100 * (logits.argmax(1) == labels).float().mean().item()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", choices=RECIPES)
    parser.add_argument("--seeds", default="1-12", help="first-last")
    arguments = parser.parse_args()
    first, last = map(int, arguments.seeds.split("-"))
    recipe = RECIPES[arguments.recipe]
    train_images, train_labels, images, labels = recipe.data()
    mean, deviation = train_images.mean(), train_images.std(unbiased=False)
    train_images, images = (train_images - mean) / deviation, (images - mean) / deviation
    parameters = sum(p.numel() for p in recipe.network().parameters())
    print(f"{arguments.recipe}: {parameters} parameters", flush=True)
    results = []
    for seed in range(first, last + 1):
        torch.manual_seed(seed)
        net = recipe.network()
        train(net, train_images, train_labels, recipe.epochs, recipe.flip)
        results.append(accuracy(net, images, labels))
        print(f"seed {seed:3}  accuracy {results[-1]:.2f} %", flush=True)
    deviation = statistics.stdev(results) if len(results) > 1 else 0.0
    print(
        f"mean {statistics.mean(results):.2f} %, standard deviation {deviation:.2f} "
        f"over {len(results)} seeds"
    )


if __name__ == "__main__":
    main()
