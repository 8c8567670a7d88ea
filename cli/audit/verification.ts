import { readFileSync } from "node:fs";
import type { AuditFault, ChainSummary } from "../../domain/audit/audit-fault.ts";
import type { ChainStore } from "../../domain/audit/chain-store.ts";
import { type AuditPublicKey, auditPublicKey } from "../../domain/audit/signed-head.ts";
import { verifyChain } from "../../domain/audit/verify-chain.ts";

export interface VerifyOptions {
  /** A folder, or what `open` takes beside it. */
  readonly path: string;
  /** PEM files. */
  readonly publicKey: readonly string[];
  /** Chains that must be there. @default - whatever is there */
  readonly chain?: readonly string[] | undefined;
  /** Time of the copy, ISO 8601. @default - now */
  readonly until?: string | undefined;
  readonly json?: boolean | undefined;
}

export interface VerifyTools {
  /** Takes lines of the report. */
  print(text: string): void;
  /** Takes why nothing could be verified. */
  fail(text: string): void;
  now(): number;
  open(path: string): Promise<ChainStore>;
}

/** 0: intact; 1: faults; 2: nothing could be verified. */
export type VerifyExitCode = 0 | 1 | 2;

/** So that the report of a million events with a wrong key fits a screen's memory: later faults are counted. */
const MAX_REPORTED = 1000;

/** Verifies all chains of a path, and prints what was found. */
export async function runVerification(options: VerifyOptions, tools: VerifyTools): Promise<VerifyExitCode> {
  try {
    const until = untilOf(options.until, tools.now());
    const keys = options.publicKey.map(publicKeyIn);
    const { json = false, chain: required = [] } = options;
    const faults: AuditFault[] = [];
    let faultCount = 0;
    const report = (fault: AuditFault) => {
      faultCount++;
      if (faultCount > MAX_REPORTED) return;
      if (json) faults.push(fault);
      else tools.print(faultLine(fault));
    };
    const store = await tools.open(options.path);
    const chains: ChainSummary[] = [];
    for (const chain of (await store.chains()).toSorted())
      chains.push(await verifyChain(chain, { store, keys, until, report }));
    for (const chain of required.filter((name) => !chains.some((found) => found.chain === name)))
      report({ kind: "missing", chain, file: "heads", text: "the chain is not there" });
    if (chains.length === 0 && faultCount === 0)
      throw new Error(`${options.path} has no chains; name the folder that has a folder for each organisation.`);
    if (json) tools.print(JSON.stringify({ isIntact: faultCount === 0, faultCount, faults, chains }, null, 2));
    else for (const text of summaryLines(chains, faultCount)) tools.print(text);
    return faultCount === 0 ? 0 : 1;
  } catch (error) {
    tools.fail(error instanceof Error ? error.message : String(error));
    return 2;
  }
}

function untilOf(text: string | undefined, now: number): number {
  const until = text === undefined ? now : Date.parse(text);
  if (Number.isFinite(until)) return until;
  throw new Error(`--until must be a time such as 2026-11-29T10:00:00Z, got ${text}.`);
}

function publicKeyIn(file: string): AuditPublicKey {
  try {
    return auditPublicKey(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(
      `--public-key must name a PEM file with a public key, got ${file}: ${error instanceof Error ? error.message : error}`,
    );
  }
}

function faultLine({ chain, file, seq, kind, text }: AuditFault): string {
  const what = file.startsWith("heads") ? "head" : "event";
  return `${chain}/${file}:${seq === undefined ? "" : ` ${what} ${seq}:`} ${kind}: ${text}.`;
}

function summaryLines(chains: readonly ChainSummary[], faultCount: number): readonly string[] {
  const each = chains.flatMap(({ chain, entries, heads, newestHeadAt, gaps }) => [
    `${chain}: ${entries} events, ${heads} heads, the newest of ${newestHeadAt ?? "no time"}.`,
    ...gaps.map(
      ({ from, to }) => `${chain}: no head from ${from} to ${to}; events of that time were sealed afterwards.`,
    ),
  ]);
  if (faultCount === 0) return [...each, "Intact."];
  const more = faultCount > MAX_REPORTED ? `, of which the first ${MAX_REPORTED} are above` : "";
  return [...each, `Not intact: ${faultCount} ${faultCount === 1 ? "fault" : "faults"}${more}.`];
}
