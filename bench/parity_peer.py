"""Trains MoRA on given batches with PyTorch, for parity.mjs: prints one loss a line, before each update.

    python3 parity_peer.py MODEL BATCHES OUT --type 6 --rank 8 --lr 1e-3 --warmup 2 --clip 1
needs torch, transformers. The operators follow the index formulas of the paper's code; gradients come from autograd
through a dense ΔW, so that nothing is shared with the engine that is compared.
"""
import argparse
import json
import math
import torch
import transformers

a = argparse.ArgumentParser()
a.add_argument("model")
a.add_argument("batches")
a.add_argument("out")
a.add_argument("--type", type=int)
a.add_argument("--rank", type=int)
a.add_argument("--lr", type=float)
a.add_argument("--warmup", type=int)
a.add_argument("--clip", type=float)
a = a.parse_args()
torch.set_num_threads(2)

model = transformers.AutoModelForCausalLM.from_pretrained(a.model, dtype=torch.float32, attn_implementation="eager").eval()
layers = {n: m for n, m in model.named_modules() if isinstance(m, torch.nn.Linear) and n != "lm_head"}


def side(d_in, d_out):
    v = int(math.sqrt((d_in + d_out) * a.rank) + 0.5)
    return v - v % 2 if a.type == 6 else v


def sharing_index(d_in, d_out, r):
    """ΔW[i, j] = M[i mod r̂, j mod r̂], and the first inputs a second time for the wrap."""
    rows = torch.arange(d_out) % r
    extra = -d_in % r
    return rows, torch.arange(d_in) % r, (d_in + torch.arange(extra)) % r


def delta(M, d_in, d_out):
    r = M.shape[0]
    if a.type == 1:
        rows, columns, wrapped = sharing_index(d_in, d_out, r)
        W = M[rows][:, columns]
        if len(wrapped):
            W = W + torch.nn.functional.pad(M[rows][:, wrapped], (0, d_in - len(wrapped)))
        return W
    blocks, half = math.ceil(d_in / r), r // 2
    angle = 10000.0 ** (-2 * torch.arange(half) / r)
    out = []
    for b in range(blocks):
        cos, sin = torch.cos(b * angle), torch.sin(b * angle)
        first, second = M[:, :half], M[:, half:]
        turned = torch.cat([first * cos + second * sin, second * cos - first * sin], 1)
        columns = (b * r + torch.arange(r)) % d_in
        out.append(torch.zeros(r, d_in).index_add(1, columns, turned))
    tall = torch.cat(out)
    return tall[torch.arange(d_out) % len(tall)]


params = {n: torch.zeros(side(m.in_features, m.out_features), side(m.in_features, m.out_features), requires_grad=True)
          for n, m in layers.items()}
optimizer = torch.optim.AdamW(params.values(), lr=a.lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0)
batches = [json.loads(line) for line in open(a.batches)]
losses = []
for step, examples in enumerate(batches):
    length = max(len(e["tokens"]) for e in examples)
    ids = torch.zeros(len(examples), length, dtype=torch.long)
    labels = torch.full((len(examples), length), -100)
    mask = torch.zeros(len(examples), length, dtype=torch.long)
    for row, e in enumerate(examples):
        n = len(e["tokens"])
        ids[row, :n], labels[row, :n], mask[row, :n] = torch.tensor(e["tokens"]), torch.tensor(e["labels"]), 1
    weights = {n + ".weight": m.weight.detach() + delta(params[n], m.in_features, m.out_features) for n, m in layers.items()}
    logits = torch.func.functional_call(model, weights, (), {"input_ids": ids, "attention_mask": mask, "use_cache": False}).logits
    loss = torch.nn.functional.cross_entropy(logits[:, :-1].reshape(-1, logits.shape[-1]), labels[:, 1:].reshape(-1),
                                             ignore_index=-100)
    # Warm-up that wastes no step at 0, then a cosine that would reach 0 one step after the last.
    if step < a.warmup:
        lr = a.lr * (step + 1) / (a.warmup + 1)
    else:
        lr = a.lr * 0.5 * (1 + math.cos(math.pi * (step - a.warmup) / (len(batches) - a.warmup)))
    for group in optimizer.param_groups:
        group["lr"] = lr
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(params.values(), a.clip)
    optimizer.step()
    losses.append(loss.item())
json.dump(losses, open(a.out, "w"))
