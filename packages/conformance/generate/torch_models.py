"""Asks PyTorch for outputs of its layers, for the rules by which its weights are read.

Needs PyTorch and NumPy alone, in an environment of its own (torch 2.13.0, CPU):

  python -m venv ../build/torch && ../build/torch/bin/pip install torch==2.13.0 numpy==2.4.6
  ../build/torch/bin/python torch_models.py

Each case holds the state_dict of a small model and its output for one input, which is channels first
wherever PyTorch wants that.
"""

import base64
import json
from pathlib import Path

import numpy as np
import torch
from torch import nn

FOLDER = Path(__file__).resolve().parent.parent / "answers"


def close(tensor):
    array = np.ascontiguousarray(tensor.detach().numpy())
    data = base64.b64encode(array.tobytes()).decode("ascii")
    return {"dtype": str(array.dtype), "shape": list(array.shape), "base64": data}


class Net(nn.Module):
    """Convolutions, normalisation and the linear layer behind a flattened image map."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 4, (3, 2), padding=1, stride=2)
        self.bn = nn.BatchNorm2d(4)
        self.grouped = nn.Conv2d(4, 6, 3, padding=1, groups=2, bias=False)
        self.act = nn.PReLU()
        self.fc = nn.Linear(6 * 3 * 4, 5)

    def forward(self, x):
        h = self.act(self.grouped(self.bn(self.conv(x))))
        return self.fc(h.flatten(1))


class Attention(nn.Module):
    def __init__(self, **options):
        super().__init__()
        self.mha = nn.MultiheadAttention(6, 2, batch_first=True, **options)
        self.norm = nn.LayerNorm(6)

    def forward(self, x):
        keys = x if self.mha._qkv_same_embed_dim else torch.cat([x, x], -1)
        return self.norm(self.mha(x, keys, keys)[0])


class Sequence(nn.Module):
    def __init__(self, kind, **options):
        super().__init__()
        self.embed = nn.Embedding(7, 3)
        self.rnn = getattr(nn, kind)(3, 4, batch_first=True, **options)

    def forward(self, x):
        return self.rnn(self.embed(x))[0]


class Cell(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.LSTMCell(3, 4)

    def forward(self, x):
        return self.cell(x)[0]


def images(*shape):
    return torch.randn(*shape)


def without_last_bias(model):
    """A GRU without a bias inside the product with the reset gate, as Flax has it."""
    with torch.no_grad():
        for name, value in model.named_parameters():
            if "bias_hh" in name:
                value[2 * len(value) // 3 :] = 0
    return model


CASES = {
    "net": (Net, lambda: images(2, 2, 5, 7)),
    "transposed": (
        lambda: nn.Sequential(nn.ConvTranspose2d(3, 4, (3, 2), stride=2, padding=1), nn.Sigmoid()),
        lambda: images(2, 3, 4, 5),
    ),
    "sequential": (
        lambda: nn.Sequential(
            nn.Conv1d(2, 4, 3), nn.GroupNorm(2, 4), nn.ReLU(), nn.Conv1d(4, 4, 2, bias=False)
        ),
        lambda: images(2, 2, 9),
    ),
    "attention": (Attention, lambda: images(2, 4, 6)),
    "attentionOfOther": (lambda: Attention(kdim=12, vdim=12), lambda: images(2, 4, 6)),
    "lstm": (lambda: Sequence("LSTM"), lambda: torch.tensor([[1, 5, 0], [6, 6, 2]])),
    "bidirectional": (
        lambda: Sequence("LSTM", bidirectional=True),
        lambda: torch.tensor([[1, 5, 0], [6, 6, 2]]),
    ),
    "gru": (
        lambda: without_last_bias(Sequence("GRU")),
        lambda: torch.tensor([[1, 5, 0], [6, 6, 2]]),
    ),
    "gruWithBias": (lambda: Sequence("GRU"), lambda: torch.tensor([[1, 5, 0]])),
    "rnn": (lambda: Sequence("RNN"), lambda: torch.tensor([[1, 5, 0], [6, 6, 2]])),
    "cell": (Cell, lambda: images(2, 3)),
}


def main():
    torch.manual_seed(0)
    answers = {"torch": torch.__version__.split("+")[0]}
    for name, (make, draw) in CASES.items():
        model = make()
        with torch.no_grad():
            for key, value in model.named_parameters():
                # Zero biases and unit scales would hide mistakes.
                if value.ndim == 1 and "bias_hh" not in key:
                    value.uniform_(0.5, 1.5)
            for key, value in model.named_buffers():
                if value.ndim == 1:
                    value.uniform_(0.5, 1.5)
        model.eval()
        x = draw()
        answers[name] = {
            "stateDict": {key: close(value) for key, value in model.state_dict().items()},
            "x": close(x.int() if x.dtype == torch.int64 else x),
            "y": close(model(x)),
        }
    (FOLDER / "torch.json").write_text(json.dumps(answers, indent=1) + "\n")


if __name__ == "__main__":
    main()
