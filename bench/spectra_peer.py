"""torch.linalg.svdvals of the dense ΔW of one module, beside the spectrum that bench/spectraTime.ts wrote of it.

    python3 spectra_peer.py FOLDER MODULE DIN DOUT TYPE
Forms ΔW in float64 by the paper's definition, column by column of the identity, and prints one JSON line: seconds of
svdvals in float32, and the largest differences of our values and of these from those in float64, relative to the largest.
"""
import json, sys, time
import numpy as np, torch

folder, module, d_in, d_out, kind = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])
m = torch.from_numpy(np.fromfile(f"{folder}/{module}.m", dtype=np.float32)).double()
r = int(round(m.numel() ** 0.5))
m = m.reshape(r, r)
ours = torch.from_numpy(np.fromfile(f"{folder}/{module}.sigma"))

# x = identity: row i of the result is ΔW's column i (Jiang et al. 2024, and the official code's padding with the input).
x = torch.eye(d_in, dtype=torch.float64)
n = -(-d_in // r)
if n * r > d_in:
    x = torch.cat([x, x[:, : n * r - d_in]], dim=1)
x = x.reshape(d_in, n, r)
if kind == 6:
    theta = 1.0 / 10000.0 ** (torch.arange(0, r, 2, dtype=torch.float32) / r)
    angle = torch.outer(torch.arange(n, dtype=torch.float32), theta)
    angle = torch.cat([angle, angle], dim=-1)
    half = torch.cat([-x[..., r // 2 :], x[..., : r // 2]], dim=-1)
    y = ((x * angle.double().cos() + half * angle.double().sin()) @ m.T).reshape(d_in, n * r)
else:
    y = x.sum(dim=1) @ m.T
y = y.repeat(1, -(-d_out // y.shape[1]))[:, :d_out]
delta = y.T.contiguous()

single = delta.float()
start = time.perf_counter()
theirs = torch.linalg.svdvals(single)
seconds = time.perf_counter() - start
exact = torch.linalg.svdvals(delta)
k = len(ours)
difference = max((exact[:k] - ours).abs().max().item(), exact[k:].max().item() if k < len(exact) else 0.0)
of_peer = (exact - theirs).abs().max().item()
largest = exact[0].item()
print(
    json.dumps(
        {
            "module": module,
            "svdvals_seconds": seconds,
            "difference": difference / largest,
            "svdvals_difference": of_peer / largest,
        }
    )
)
