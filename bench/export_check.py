"""What other tools make of our exports: PEFT and transformers against base plus ΔW, computed here from the adapter's files.

    python3 export_check.py ADAPTER [--model FOLDER] [--rank N]      needs torch, transformers, peft; `npm run build` before

ADAPTER is an adapter folder in the format of the official MoRA code (types 1, 2, 3, 4, 6) or of PEFT (LoRA).
Exports it as peft and as merged in float32, bfloat16 and float16 into a temporary folder, loads each with the tool that
it is for, and prints the largest difference of the logits and every warning.
"""
import argparse, json, math, pathlib, subprocess, tempfile, warnings
import peft, torch, transformers
from safetensors.torch import load_file

transformers.utils.logging.disable_progress_bar()
CLI = pathlib.Path(__file__).parent.parent / "dist" / "cli.js"


def runs(d, rh):
    """Contiguous groups: which of rh runs each of d belongs to."""
    q, m = divmod(d, rh)
    return [g for g in range(rh) for _ in range(q + (g < m))]


def delta(tensors, config, path, d_out, d_in):
    a, b = (tensors[f"base_model.model.{path}.lora_{x}.weight"].double() for x in "AB")
    if not config.get("use_mora"):
        scale = config["lora_alpha"] / (math.sqrt(a.shape[0]) if config.get("use_rslora") else a.shape[0])
        return scale * b @ a
    t, rh = config.get("mora_type", 1), b.shape[0]
    eye = torch.eye(d_in, dtype=torch.float64)
    if t in (2, 3):
        u = torch.zeros(rh, d_in, dtype=torch.float64)
        for j, g in enumerate(runs(d_in, rh)):
            u[g, j] += 1
        u = [u]
    else:
        u = torch.cat([eye, eye[: -d_in % rh]]).view(-1, rh, d_in)
        if t != 6:
            u = [u.sum(0)]
    if t == 6:
        h = rh // 2
        theta = 10000.0 ** (-2 * torch.arange(h, dtype=torch.float64) / rh)
        turn = lambda x, n: torch.cat([
            x[:h] * torch.cos(n * theta)[:, None] - x[h:] * torch.sin(n * theta)[:, None],
            x[h:] * torch.cos(n * theta)[:, None] + x[:h] * torch.sin(n * theta)[:, None]])
        u = [turn(x, n) for n, x in enumerate(u)]
    v = torch.cat([b @ x for x in u])
    if t in (2, 4):
        return v[runs(d_out, rh)]
    return v.repeat(math.ceil(d_out / len(v)), 1)[:d_out]


def load(folder, dtype=torch.float32):
    return transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, attn_implementation="eager").eval()


def logits(model, ids):
    with torch.no_grad():
        return model(ids).logits.float()


def export(adapter, model, out, *options):
    words = ["node", str(CLI), "export", str(adapter), "--model", str(model), "--out", str(out), "--json", *options]
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def say(name, found, expected, report, heard):
    print(f"{name:24} largest difference {float((found - expected).abs().max()):.3g}"
          f"  (largest logit {float(expected.abs().max()):.3g}; mora says {report['logits']['difference']:.3g} of {report['logits']['bound']})"
          + "".join(f"\n{'':24} warning: {w.message}" for w in heard))


p = argparse.ArgumentParser()
p.add_argument("adapter", type=pathlib.Path)
p.add_argument("--model", type=pathlib.Path)
p.add_argument("--rank")
args = p.parse_args()
config = json.loads((args.adapter / "adapter_config.json").read_text())
folder = args.model or (args.adapter / config["base_model_name_or_path"]).resolve()
tensors = load_file(args.adapter / "adapter_model.safetensors")

base = load(folder)
torch.manual_seed(0)
ids = torch.randint(0, base.config.vocab_size, (4, 32))
before = logits(base, ids)
paths = sorted({key.split(".lora_")[0].removeprefix("base_model.model.") for key in tensors if ".lora_" in key})
with torch.no_grad():
    for path in paths:
        weight = base.get_submodule(path).weight
        weight += delta(tensors, config, path, *weight.shape).float()
expected = logits(base, ids)
print(f"base plus ΔW in PyTorch; ΔW moves the logits by up to {float((expected - before).abs().max()):.3g}")

with tempfile.TemporaryDirectory() as temporary:
    out = pathlib.Path(temporary)
    report = export(args.adapter, folder, out / "peft", "--format", "peft", *(["--rank", args.rank] if args.rank else []))
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        loaded = peft.PeftModel.from_pretrained(load(folder), out / "peft").eval()
    say("PEFT, " + ("exact" if report["logits"]["bound"] else "nearest"), logits(loaded, ids), expected, report, heard)
    if "overall" in report:
        print(f"{'':24} error of all ΔW together {report['overall']['error']:.4g}, least possible {report['overall']['optimum']:.4g}")
    for dtype in ("float32", "bfloat16", "float16"):
        report = export(args.adapter, folder, out / dtype, "--format", "merged", "--dtype", dtype)
        loaded = load(out / dtype, getattr(torch, dtype))
        assert loaded.dtype == getattr(torch, dtype)
        say(f"merged as {dtype}", logits(loaded.float(), ids), expected, report, [])
        auto = transformers.AutoModelForCausalLM.from_pretrained(out / dtype)
        assert auto.dtype == getattr(torch, dtype), f"config.json made transformers load {auto.dtype}"
