import type { UseLimit } from "../../../contracts/limits/use-limit.ts";
import type { newApiKey } from "../../../domain/keys/api-key.ts";
import { subjectLimitsId } from "../../../domain/limits/subject-limits.ts";
import { startServing } from "../gateway-process.ts";

const AT = "2026-01-01T00:00:00Z";

/** A gateway process of some threads that counts limits in Valkey, with keys whose limits the test sets. */
export async function serveLimited(
  threads: number,
  valkeyUrl: string,
  config: Parameters<typeof startServing>[0] = {},
) {
  const environment = { SLUICE_VALKEY_URL: valkeyUrl };
  const serving = await startServing({ auth: "required", threads, ...config }, {}, {}, environment);
  const { aws, output } = serving;
  /** How often a thread has found the store, and lost it. */
  const changes = (isAvailable: boolean) =>
    output()
      .split("\n")
      .filter((line) => line.includes("store of limits") && line.includes(`"isAvailable":${isAvailable}`)).length;
  const addKey = ({ keyId, hash }: ReturnType<typeof newApiKey>, limit: UseLimit) => {
    aws.keys.set(keyId, { keyId, hash, name: "a", plan: "standard", createdAt: AT });
    const subject = { scope: "key", subject: keyId } as const;
    const id = subjectLimitsId(subject);
    const form = { keyId: id, hash: "none", name: "(limits)", plan: "none", createdAt: AT, revokedAt: AT };
    aws.keys.set(id, { ...form, kind: "limits", ...subject, limits: [limit], version: 1 });
  };
  return { ...serving, changes, addKey };
}
