#!/usr/bin/env python3
"""The recipe `plain` of recipe.cpp in PyTorch, with PyTorch's default initialisation.

    python3 tests/peers/recipe.py --seeds 1-12

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
EPOCHS = 3
RATE = 0.1
DECAY = 5e-4


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


try:
    import numpy
    import torch
except ImportError as error:
    skip(f"{error}; install python3-torch")


def read_idx(name, header):
    path = FOLDER / name
    if not path.exists():
        skip(f"'{path}' is missing; install dataset-fashion-mnist")
    with gzip.open(path) as file:
        return numpy.frombuffer(file.read(), numpy.uint8, offset=header)


def load():
    """Training and measured images (N, 1, 28, 28), normalised by the training images, and labels."""
    pixels = read_idx("train-images-idx3-ubyte.gz", 16).reshape(-1, 1, 28, 28)
    labels = torch.from_numpy(read_idx("train-labels-idx1-ubyte.gz", 8).astype(numpy.int64))
    images = torch.from_numpy(pixels.astype(numpy.float32))
    mean, deviation = images[:10000].mean(), images[:10000].std(unbiased=False)
    images = (images - mean) / deviation
    return images[:10000], labels[:10000], images[-10000:], labels[-10000:]


def network():
    def block(inputs, outputs, stride):
        return [
            torch.nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False),
            torch.nn.BatchNorm2d(outputs),
            torch.nn.ReLU(),
        ]

    return torch.nn.Sequential(
        *block(1, 16, 1),
        *block(16, 32, 2),
        *block(32, 64, 2),
        torch.nn.AdaptiveAvgPool2d(1),
        torch.nn.Flatten(),
        torch.nn.Linear(64, 10),
    )


def optimiser(net):
    weights = [p for p in net.parameters() if p.dim() > 1]
    others = [p for p in net.parameters() if p.dim() == 1]
    groups = [{"params": weights, "weight_decay": DECAY}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.SGD(groups, lr=RATE, momentum=0.9, nesterov=True)


def train(net, images, labels):
    sgd = optimiser(net)
    loss = torch.nn.CrossEntropyLoss()
    per_epoch = len(images) // BATCH
    steps = EPOCHS * per_epoch
    for step in range(steps):
        if step % per_epoch == 0:
            order = torch.randperm(len(images))
        first = step % per_epoch * BATCH
        batch = order[first : first + BATCH]
        for group in sgd.param_groups:
            group["lr"] = RATE * (1 + math.cos(math.pi * step / steps)) / 2
        sgd.zero_grad()
        loss(net(images[batch]), labels[batch]).backward()
        sgd.step()


def accuracy(net, images, labels):
    net.eval()
    with torch.no_grad():
        logits = torch.cat([net(part) for part in images.split(500)])
    return 100 * (logits.argmax(1) == labels).float().mean().item()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="1-12", help="first-last")
    first, last = map(int, parser.parse_args().seeds.split("-"))
    train_images, train_labels, images, labels = load()
    results = []
    for seed in range(first, last + 1):
        torch.manual_seed(seed)
        net = network()
        train(net, train_images, train_labels)
        results.append(accuracy(net, images, labels))
        print(f"seed {seed:3}  accuracy {results[-1]:.2f} %", flush=True)
    deviation = statistics.stdev(results) if len(results) > 1 else 0.0
    print(
        f"mean {statistics.mean(results):.2f} %, standard deviation {deviation:.2f} "
        f"over {len(results)} seeds"
    )


if __name__ == "__main__":
    main()
