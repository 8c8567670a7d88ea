import type { IConstruct } from "constructs";

const METADATA = "sluice/wildcard-reason";

/**
 * Writes down why statements of a resource's policy need a wildcard, by `Sid` (of a managed policy: its name). The
 * reasons stay in the code; nothing of them reaches AWS.
 */
export function explainWildcards(resource: IConstruct, reasons: Readonly<Record<string, string>>): void {
  resource.node.addMetadata(METADATA, reasons);
}

/** The reasons written down for a resource. */
export function wildcardReasons(resource: IConstruct): Readonly<Record<string, string>> {
  const written = resource.node.metadata.filter(({ type }) => type === METADATA).map(({ data }) => data);
  return Object.assign({}, ...written);
}
