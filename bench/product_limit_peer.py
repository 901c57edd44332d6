"""GFLOP/s of torch's float32 and bfloat16 products, the best of some runs each.   product_limit_peer.py TOKENS DIN,DOUT …"""
import json, sys, time
import torch

tokens, sizes = int(sys.argv[1]), [tuple(map(int, size.split(","))) for size in sys.argv[2:]]
found = {}
for name, dtype in {"float32": torch.float32, "bfloat16": torch.bfloat16}.items():
    seconds = operations = 0
    for d_in, d_out in sizes:
        x, w = torch.randn(tokens, d_in, dtype=dtype), torch.randn(d_out, d_in, dtype=dtype)
        best = float("inf")
        for _ in range(12):
            start = time.perf_counter()
            torch.nn.functional.linear(x, w)
            best = min(best, time.perf_counter() - start)
        seconds += best
        operations += 2 * tokens * d_in * d_out
    found[name] = operations / seconds / 1e9
print(json.dumps(found))
