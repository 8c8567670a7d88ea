import type { IConstruct } from "constructs";

const METADATA = "sluice/statement-purpose";

/** Records the purposes of a policy's statements, by `Sid` (of a managed policy of AWS: by its name). They are not synthesized. */
export function recordPurposes(policy: IConstruct, purposes: Readonly<Record<string, string>>): void {
  policy.node.addMetadata(METADATA, purposes);
}

/** The recorded purposes of a policy. */
export function statementPurposes(policy: IConstruct): Readonly<Record<string, string>> {
  const written = policy.node.metadata.filter(({ type }) => type === METADATA).map(({ data }) => data);
  return Object.assign({}, ...written);
}
