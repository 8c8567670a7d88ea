import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { EmbeddingResponse } from "../contracts/api/embeddings.ts";
import { particulars } from "../gateway/cache/particulars.ts";
import { SemanticIndex } from "../gateway/cache/semantic-index.ts";

/**
 * How often the semantic cache would serve the response of another prompt: 120 labelled pairs of prompts, vectors of a
 * running stack's `/v1/embeddings` (all-MiniLM-L6-v2 with `npm start`), the gateway's own index, every threshold. And
 * the time of a look-up in a full index. `node bench/semantic-cache.ts [address] [model]` writes
 * bench/results/semantic-cache.json; the key, where one is needed, is `SLUICE_API_KEY`.
 */
const [address = "http://127.0.0.1:8080", model = "phi-3-mini"] = process.argv.slice(2);
/** Texts in one request: a request for each would be stopped by the limit of 100 a minute. */
const TEXTS_AT_ONCE = 30;
const THRESHOLDS = [0.7, 0.75, 0.8, 0.85, 0.88, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.99];

interface Pair {
  readonly same: boolean;
  readonly kind: string;
  readonly a: string;
  readonly b: string;
}

const pairs: readonly Pair[] = readFileSync(join(import.meta.dirname, "data/semantic-pairs.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));
const startedAt = performance.now();
const vectors = await embedAll(pairs.flatMap(({ a, b }) => [a, b]));
const embeddingMs = (performance.now() - startedAt) / (2 * pairs.length);
const scored = pairs.map((pair) => ({
  ...pair,
  similarity: similarityOf(pair),
  /** The gateway compares only these: numbers, names and negations are the same. */
  isCompared: particulars(pair.a) === particulars(pair.b),
}));

const same = scored.filter((pair) => pair.same);
const different = scored.filter((pair) => !pair.same);
const compared = scored.filter(({ isCompared }) => isCompared);
const vectorsAlone = THRESHOLDS.map((threshold) => rowOf(threshold, scored));
const rows = THRESHOLDS.map((threshold) => rowOf(threshold, compared));
const falseHitsByKind = Object.fromEntries(
  [...new Set(different.map(({ kind }) => kind))].map((kind) => {
    const ofKind = different.filter((pair) => pair.kind === kind);
    const left = ofKind.filter(({ isCompared }) => isCompared).map(({ similarity }) => similarity);
    const highest = Math.max(...ofKind.map(({ similarity }) => similarity));
    return [
      kind,
      {
        pairs: ofKind.length,
        highestSimilarity: rounded(highest),
        compared: left.length,
        highestCompared: left.length === 0 ? null : rounded(Math.max(...left)),
      },
    ];
  }),
);
const report = {
  command: "node bench/semantic-cache.ts",
  machine: { cores: cpus().length, cpu: cpus()[0]?.model ?? "unknown", node: process.version },
  model: "sentence-transformers/all-MiniLM-L6-v2",
  pairs: { same: same.length, different: different.length },
  rows,
  vectorsAlone,
  falseHitsByKind,
  worst: compared
    .filter((pair) => !pair.same)
    .toSorted((a, b) => b.similarity - a.similarity)
    .slice(0, 8)
    .map(({ a, b, kind, similarity }) => ({ kind, similarity: rounded(similarity), a, b })),
  embeddingMs: rounded(embeddingMs),
  lookups: [1000, 10_000, 50_000].map((size) => ({ rows: size, ...lookUpMs(size) })),
};
const results = join(import.meta.dirname, "results");
mkdirSync(results, { recursive: true });
writeFileSync(join(results, "semantic-cache.json"), `${JSON.stringify(report, null, 2)}\n`);
console.table(rows);
console.table(report.lookups);

function rowOf(threshold: number, candidates: typeof scored) {
  const hits = candidates.filter(({ similarity }) => similarity >= threshold);
  const right = hits.filter((pair) => pair.same).length;
  const wrong = hits.length - right;
  return {
    threshold,
    precision: hits.length === 0 ? null : rounded(right / hits.length),
    recall: rounded(right / same.length),
    falseHits: wrong,
    falseHitRate: rounded(wrong / different.length),
  };
}

function similarityOf({ a, b }: Pair): number {
  const index = new SemanticIndex(1);
  index.add("pair", vectorOf(a), "a");
  return index.nearest("pair", vectorOf(b), -1)?.similarity ?? -1;
}

function lookUpMs(size: number): { readonly p50Ms: number; readonly p95Ms: number } {
  const index = new SemanticIndex(size);
  const random = () => Float32Array.from({ length: 384 }, () => Math.random() - 0.5);
  for (let row = 0; row < size; row++) index.add("context", random(), String(row));
  const times = Array.from({ length: 60 }, () => {
    const vector = random();
    const from = performance.now();
    index.nearest("context", vector, 0.9);
    return performance.now() - from;
  })
    .slice(10)
    .sort((one, other) => one - other);
  return { p50Ms: rounded(times[25] ?? 0), p95Ms: rounded(times[47] ?? 0) };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function vectorOf(text: string): Float32Array {
  const vector = vectors.get(text);
  if (vector === undefined) throw new Error(`there is no vector of ${JSON.stringify(text)}`);
  return vector;
}

async function embedAll(texts: readonly string[]): Promise<ReadonlyMap<string, Float32Array>> {
  const { SLUICE_API_KEY: key } = process.env;
  const found = new Map<string, Float32Array>();
  for (let start = 0; start < texts.length; start += TEXTS_AT_ONCE) {
    const input = texts.slice(start, start + TEXTS_AT_ONCE);
    const response = await fetch(`${address}/v1/embeddings`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
      body: JSON.stringify({ model, input }),
    });
    if (!response.ok) throw new Error(`${address} responded ${response.status}: ${await response.text()}`);
    const { data } = EmbeddingResponse.parse(await response.json());
    for (const { index, embedding } of data)
      if (typeof embedding !== "string") found.set(input[index] ?? "", Float32Array.from(embedding));
  }
  return found;
}
