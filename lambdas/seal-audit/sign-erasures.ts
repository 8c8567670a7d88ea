import { erasureStatement, erasureText } from "../../domain/erasure/erasure-report.ts";
import type { ErasureTable, TextSigner, UnsignedErasure } from "./sealing-ports.ts";

/** Signs the reports of completed erasures. @returns what failed; the next run signs the others again */
export async function signErasures(
  table: ErasureTable,
  signer: TextSigner,
  now: () => number,
): Promise<readonly Error[]> {
  const errors: Error[] = [];
  const failed = (error: unknown) => void errors.push(error instanceof Error ? error : new Error(String(error)));
  const all = await table.unsignedErasures().catch((error: unknown) => {
    failed(error);
    return [];
  });
  for (const unsigned of all) await signOne(unsigned, { table, signer, now }).catch(failed);
  return errors;
}

interface SigningTools {
  readonly table: ErasureTable;
  readonly signer: TextSigner;
  readonly now: () => number;
}

async function signOne(unsigned: UnsignedErasure, { table, signer, now }: SigningTools): Promise<void> {
  const { organizationId, record } = unsigned;
  const signing = { at: new Date(now()).toISOString(), key: signer.fingerprint };
  const signature = await signer.signText(erasureText(erasureStatement(organizationId, record, signing)));
  // One that was changed meanwhile keeps its mark, and is signed by the next run.
  await table.storeSigned(unsigned, { ...record, signed: { ...signing, signature } });
}
