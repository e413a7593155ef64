"""The model: Llama's architecture with tied embeddings, as llama.cpp evaluates it under the name `llama`."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from starter_model.shape import Shape, Weights


class Block(nn.Module):
    """One layer: attention, then a gated feed-forward net, each after a norm and added to what came in."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width, hidden = shape.width, shape.hidden
        self.heads = shape.heads
        self.attn_norm = nn.RMSNorm(width, eps=shape.epsilon)
        self.attn_q = nn.Linear(width, width, bias=False)
        self.attn_k = nn.Linear(width, width, bias=False)
        self.attn_v = nn.Linear(width, width, bias=False)
        self.attn_output = nn.Linear(width, width, bias=False)
        self.ffn_norm = nn.RMSNorm(width, eps=shape.epsilon)
        self.ffn_gate = nn.Linear(width, hidden, bias=False)
        self.ffn_up = nn.Linear(width, hidden, bias=False)
        self.ffn_down = nn.Linear(hidden, width, bias=False)

    def forward(self, states: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
        """Return the states, shape (batch, time, width), after this layer."""
        batch, time, width = states.shape
        normed = self.attn_norm(states)
        parts = (linear(normed) for linear in (self.attn_q, self.attn_k, self.attn_v))
        q, k, v = (part.view(batch, time, self.heads, -1).transpose(1, 2) for part in parts)
        mixed = functional.scaled_dot_product_attention(turned(q, turn), turned(k, turn), v, is_causal=True)
        states = states + self.attn_output(mixed.transpose(1, 2).reshape(batch, time, width))
        normed = self.ffn_norm(states)
        return states + self.ffn_down(functional.silu(self.ffn_gate(normed)) * self.ffn_up(normed))


def turned(heads: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    """Return queries or keys, shape (batch, head, time, size), turned by their positions.

    Neighbouring figures are a pair (RoPE, Su et al., 2021, as llama.cpp's NORM kind has it for `llama`).
    """
    cosine, sine = turn
    even, odd = heads[..., 0::2], heads[..., 1::2]
    return torch.stack((even * cosine - odd * sine, even * sine + odd * cosine), -1).flatten(-2)


class Llama(nn.Module):
    """The whole model. Its parameters have the names that they have in a GGUF."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.token_embd = nn.Embedding(shape.vocabulary, shape.width)
        self.blk = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.output_norm = nn.RMSNorm(shape.width, eps=shape.epsilon)
        for name, weight in self.named_parameters():
            if weight.ndim == 2:
                # What is added to the stream begins at nothing, so that a deep model begins as a shallow one.
                ends = name.endswith(("attn_output.weight", "ffn_down.weight"))
                nn.init.normal_(weight, std=0.0 if ends else 0.02)

    @classmethod
    def of(cls, shape: Shape, weights: Weights) -> Llama:
        """Return a model with these weights. Raises RuntimeError where names or sizes differ."""
        model = cls(shape)
        model.load_state_dict({name: torch.from_numpy(figures) for name, figures in weights.items()})
        return model

    def weights(self) -> Weights:
        """Return copies of the weights."""
        return {name: each.detach().float().cpu().numpy() for name, each in self.state_dict().items()}

    def forward(self, tokens: Tensor) -> Tensor:
        """Return the states before the vocabulary, shape (batch, time, width), of tokens (batch, time)."""
        states = self.token_embd(tokens)
        turn = self._turn(tokens.shape[1], states)
        for block in self.blk:
            states = block(states, turn)
        normed: Tensor = self.output_norm(states)
        return normed

    def loss(self, tokens: Tensor, weights: Tensor | None = None) -> Tensor:
        """Return the mean loss in nats a token of each next token in (batch, time + 1) tokens.

        weights: shape (batch, time), what each counts for; None: all alike.
        """
        states = self(tokens[:, :-1])
        logits = functional.linear(states, self.token_embd.weight).float()
        losses = functional.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten(), reduction="none")
        if weights is None:
            return losses.mean()
        return (losses * weights.flatten()).sum() / weights.sum().clamp(min=1.0)

    def losses(self, tokens: Tensor) -> Tensor:
        """Return the loss in nats at each place, shape (batch, time), of (batch, time + 1) tokens."""
        logits = functional.linear(self(tokens[:, :-1]), self.token_embd.weight).float()
        return functional.cross_entropy(logits.transpose(1, 2), tokens[:, 1:], reduction="none")

    def _turn(self, time: int, like: Tensor) -> tuple[Tensor, Tensor]:
        size = self.shape.width // self.shape.heads
        steps = torch.arange(0, size, 2, device=like.device, dtype=torch.float32) / size
        speeds = self.shape.rope_base**-steps
        angles = torch.outer(torch.arange(time, device=like.device, dtype=torch.float32), speeds)
        return angles.cos().to(like.dtype), angles.sin().to(like.dtype)
