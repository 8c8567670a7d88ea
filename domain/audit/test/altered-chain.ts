import * as fc from "fast-check";
import type { AuditFault } from "../audit-fault.ts";
import { headFile, segmentFile } from "../chain-files.ts";
import { verifyChain } from "../verify-chain.ts";
import { FIRST_MINUTE, memoryStore, signingKey, type WrittenFiles, writtenChain } from "./written-chain.ts";

export const KEY = signingKey();
/** 40 entries in five segments, and eight heads: three minutes without an event. */
export const MINUTES = [3, 0, 10, 1, 0, 20, 6, 0];
const ENTRIES = 40;
export const SEGMENTS = [1, 4, 14, 15, 35].map((first) => `org-a/${segmentFile(first)}`);
export const HEADS = MINUTES.map((_, index) => `org-a/${headFile(index + 1)}`);
export const LAST_MINUTE = FIRST_MINUTE + (MINUTES.length - 1) * 60_000;
export const INTACT = writtenChain("org-a", MINUTES, KEY);

export async function verify(
  files: WrittenFiles,
  settings: { readonly until?: number; readonly pieceBytes?: number } = {},
) {
  const faults: AuditFault[] = [];
  const summary = await verifyChain("org-a", {
    store: memoryStore(files, settings.pieceBytes),
    keys: [KEY],
    until: settings.until ?? LAST_MINUTE,
    report: (fault) => faults.push(fault),
  });
  return { summary, faults };
}

export type Change = (files: WrittenFiles) => void;

export async function faultsOf(change: Change) {
  const files = new Map(INTACT);
  change(files);
  return (await verify(files)).faults;
}

export const lines = (file: string, change: (lines: string[]) => void): Change => {
  return (files) => {
    const all = String(files.get(file)).split("\n").slice(0, -1);
    change(all);
    files.set(file, Buffer.from(all.map((line) => `${line}\n`).join("")));
  };
};

/** The segment of an entry, and where it is in it. */
export function entryAt(seq: number) {
  const firsts = [1, 4, 14, 15, 35];
  const index = firsts.findLastIndex((first) => first <= seq);
  return { file: SEGMENTS[index] ?? "", index: seq - (firsts[index] ?? 0) };
}

export const seqs = fc.integer({ min: 1, max: ENTRIES });
