"""Tokenizes JSON Lines with Hugging Face tokenizers, batch after batch, and writes the tokens as 16-bit numbers.

    python3 tokenise_peer.py TOKENIZER_JSON DATA OUT END_TOKEN

The end token follows every record, as in training. Prints figures as JSON. As many threads as there are processors
(RAYON_NUM_THREADS to change it), texts of a batch without their places, which is the fastest that the library offers.
"""

import hashlib
import json
import os
import re
import sys
import time

os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")

import numpy
from tokenizers import Tokenizer

RECORDS_AT_ONCE = 2000


def main(tokenizer_file, data, out, end):
    began = time.perf_counter()
    tokenizer = Tokenizer.from_file(tokenizer_file)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    count = 0
    digest = hashlib.sha256()

    def finish(records, file):
        texts = []
        for record in records:
            texts += [record["text"]] if "text" in record else [record["prompt"], record["completion"]]
        encodings = iter(tokenizer.encode_batch_fast(texts, add_special_tokens=False))
        ids = []
        for record in records:
            ids += next(encodings).ids
            if "text" not in record:
                ids += next(encodings).ids
            ids.append(end)
        written = numpy.asarray(ids, dtype=numpy.uint16).tobytes()
        digest.update(written)
        file.write(written)
        return len(ids)

    with open(data, encoding="utf-8") as lines, open(out, "wb") as file:
        records = []
        for line in lines:
            records.append(json.loads(line))
            if len(records) == RECORDS_AT_ONCE:
                count += finish(records, file)
                records = []
        count += finish(records, file)
        file.flush()
        os.fsync(file.fileno())
    seconds = time.perf_counter() - began
    with open("/proc/self/status") as status:
        peak = 1024 * int(re.search(r"VmHWM:\s+(\d+) kB", status.read())[1])
    print(json.dumps({"tokens": count, "seconds": seconds, "peakBytes": peak, "sha256": digest.hexdigest()}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
