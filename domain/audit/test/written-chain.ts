import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { headFile } from "../chain-files.ts";
import type { ChainStore } from "../chain-store.ts";
import { type ChainEnd, endAfter, newChain, nextSegment, nextStatement } from "../seal.ts";
import { type AuditPublicKey, auditPublicKey, type HeadStatement, headText, statementText } from "../signed-head.ts";

export interface SigningKey extends AuditPublicKey {
  readonly privateKey: KeyObject;
  /** The public key. */
  readonly pem: string;
}

export function signingKey(): SigningKey {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
  return {
    ...auditPublicKey(pem),
    pem,
    privateKey: createPrivateKey(privateKey.export({ type: "pkcs8", format: "pem" })),
  };
}

/** Files of chains by path, such as `org-a/heads/000000000001.json`. */
export type WrittenFiles = Map<string, Buffer>;

export const FIRST_MINUTE = Date.parse("2026-11-29T10:00:00.000Z");

export function signed(statement: HeadStatement, { privateKey }: SigningKey): Buffer {
  const signature = sign("sha256", Buffer.from(statementText(statement)), { key: privateKey, dsaEncoding: "der" });
  return Buffer.from(headText({ statement, signature: signature.toString("base64") }));
}

/** Events as the control API has them. */
export function sampleEvent(index: number): Readonly<Record<string, unknown>> {
  return {
    id: `audit_log-${String(index).padStart(9, "0")}`,
    type: "project.created",
    effective_at: 1_795_946_400 + index,
    actor: { type: "api_key", api_key: { id: "key_1", type: "user", user: { id: "user-1", email: "ä@example.com" } } },
    "project.created": { id: `proj_${index}`, data: { name: `project ${index}`, title: `Project ${index}` } },
  };
}

/**
 * A chain with one head a minute.
 * @param minutes how many events came in each minute
 */
export function writtenChain(
  chain: string,
  minutes: readonly number[],
  key: SigningKey,
  files: WrittenFiles = new Map(),
): WrittenFiles {
  let end: ChainEnd = newChain(chain);
  for (const [minute, count] of minutes.entries()) {
    const events = Array.from({ length: count }, (_, index) => sampleEvent(end.entries + 1 + index));
    const segment = count === 0 ? undefined : nextSegment(end, events);
    if (segment) files.set(`${chain}/${segment.file}`, Buffer.from(segment.text));
    const signing = { atMs: FIRST_MINUTE + minute * 60_000, key: key.fingerprint };
    const statement = nextStatement(end, segment, signing);
    files.set(`${chain}/${headFile(statement.number)}`, signed(statement, key));
    end = endAfter(statement);
  }
  return files;
}

/** Files in memory, read in pieces of a few bytes, so that lines cross them. */
export function memoryStore(files: WrittenFiles, pieceBytes = 97): ChainStore {
  return {
    chains: async () => [...new Set([...files.keys()].map((path) => path.slice(0, path.indexOf("/"))))],
    files: async (chain) =>
      [...files.keys()]
        .filter((path) => path.startsWith(`${chain}/`))
        .map((path) => ({ name: path.slice(chain.length + 1) })),
    async *read(chain, name) {
      const content = files.get(`${chain}/${name}`) ?? Buffer.alloc(0);
      for (let at = 0; at < content.length; at += pieceBytes) yield content.subarray(at, at + pieceBytes);
    },
  };
}
