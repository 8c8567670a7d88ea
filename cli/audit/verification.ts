import type { AuditFault, ChainSummary, TableSummary } from "../../domain/audit/audit-fault.ts";
import type { ChainStore } from "../../domain/audit/chain-store.ts";
import { SealedEvents, type TableEvent } from "../../domain/audit/sealed-events.ts";
import { type AuditPublicKey, auditPublicKey } from "../../domain/audit/signed-head.ts";
import { verifyChain } from "../../domain/audit/verify-chain.ts";
import { isoTime } from "../../lib/time/iso-time.ts";
import { textOfFile } from "../terminal/named-file.ts";
import { printable, printableLine } from "../terminal/printable.ts";

export interface VerifyOptions {
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
  open(): Promise<Trail>;
}

/** The files to verify, and with what. */
export interface Trail {
  /** What an error calls the files, such as their folder. */
  readonly name: string;
  readonly store: ChainStore;
  /** Public keys, of which one must have signed each head. */
  readonly keys: readonly AuditPublicKey[];
  /** The table whose events are sealed. @default - the files are not compared with it */
  readonly table?: TrailTable | undefined;
}

/** The control API's table, as far as it is compared with a trail. */
export interface TrailTable {
  /** Chains that the sealer has begun. */
  chains(): Promise<readonly string[]>;
  /** Ids of events that wait for the sealer, of all chains. */
  waiting(): Promise<ReadonlySet<string>>;
  events(chain: string): AsyncIterable<TableEvent>;
}

/** 0: intact; 1: faults; 2: nothing could be verified. */
export type VerifyExitCode = 0 | 1 | 2;

/** So that the report of a million events with a wrong key fits a screen's memory: later faults are counted. */
const MAX_REPORTED = 1000;

/** By how much the clocks of this machine and of the control API may differ. */
const CLOCK_SECONDS = 60;

/** Verifies all chains of a trail, and prints what was found. */
export async function runVerification(options: VerifyOptions, tools: VerifyTools): Promise<VerifyExitCode> {
  try {
    const until = untilOf(options.until, tools.now());
    const { json = false, chain: required = [] } = options;
    const faults: AuditFault[] = [];
    let faultCount = 0;
    const report = (fault: AuditFault) => {
      faultCount++;
      if (faultCount > MAX_REPORTED) return;
      if (json) faults.push(fault);
      else tools.print(printableLine(faultLine(fault)));
    };
    const { name: trail, store, keys, table } = await tools.open();
    // Before the files are listed: an event that no longer waits afterwards is among them.
    const from = tools.now() / 1000 - CLOCK_SECONDS;
    const waiting = (await table?.waiting()) ?? new Set();
    const begun = (await table?.chains()) ?? [];
    const chains: ChainSummary[] = [];
    for (const chain of (await store.chains()).toSorted()) {
      const sealed = table && new SealedEvents();
      const summary = await verifyChain(chain, {
        store,
        keys,
        until,
        report,
        onEvent: sealed && ((event) => sealed.add(event)),
      });
      const events = table?.events(chain);
      const compared =
        sealed && events
          ? {
              table: await sealed.compare({
                events,
                waiting,
                meanwhile: { from, to: tools.now() / 1000 + CLOCK_SECONDS },
                report: (one) => report({ chain, ...one }),
              }),
            }
          : {};
      chains.push({ ...summary, ...compared });
    }
    for (const chain of [...new Set([...required, ...begun])].filter(
      (name) => !chains.some((found) => found.chain === name),
    ))
      report({ kind: "missing", chain, file: "heads", text: "the chain is not there" });
    if (chains.length === 0 && faultCount === 0)
      throw new Error(
        trail.startsWith("s3://")
          ? `${trail} has no chains: nothing has been sealed yet. The sealer runs each minute; run this again then.`
          : `${trail} has no chains; name the folder that has a folder for each organisation.`,
      );
    if (json)
      tools.print(printable(JSON.stringify({ isIntact: faultCount === 0, faultCount, faults, chains }, null, 2)));
    else for (const text of summaryLines(chains, faultCount)) tools.print(printableLine(text));
    return faultCount === 0 ? 0 : 1;
  } catch (error) {
    tools.fail(printableLine(error instanceof Error ? error.message : String(error)));
    return 2;
  }
}

function untilOf(text: string | undefined, now: number): number {
  const until = text === undefined ? now : isoTime(text);
  if (Number.isFinite(until)) return until;
  throw new Error(`--until must be a date or a time with zone, such as 2026-11-29T10:00:00Z, got ${text}.`);
}

/** A public key has 200 bytes. */
const MAX_PEM_BYTES = 64 * 1024;

/** @throws {Error} for a file that can't be read, or has no public key on the curve P-256 */
export function publicKeyIn(file: string): AuditPublicKey {
  try {
    return auditPublicKey(textOfFile(file, MAX_PEM_BYTES));
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
  const each = chains.flatMap(({ chain, entries, heads, newestHeadAt, gaps, table }) => [
    `${chain}: ${entries} events, ${heads} heads, the newest of ${newestHeadAt ?? "no time"}.`,
    ...gaps.map(
      ({ from, to }) => `${chain}: no head from ${from} to ${to}; events of that time were sealed afterwards.`,
    ),
    ...tableLines(chain, table),
  ]);
  if (faultCount === 0) return [...each, "Intact."];
  const more = faultCount > MAX_REPORTED ? `, of which the first ${MAX_REPORTED} are above` : "";
  return [...each, `Not intact: ${faultCount} ${faultCount === 1 ? "fault" : "faults"}${more}.`];
}

function tableLines(chain: string, table: TableSummary | undefined): readonly string[] {
  if (table === undefined) return [];
  const { unsealed, newestUnsealedAt, waiting } = table;
  return [
    ...(unsealed === 0
      ? []
      : [
          `${chain}: not sealed: ${unsealed} events of releases before the sealer, the newest of ${newestUnsealedAt}; nothing shows whether they were changed.`,
        ]),
    ...(waiting === 0 ? [] : [`${chain}: ${waiting} events wait for the sealer's next run.`]),
  ];
}
