import type { IConstruct } from "constructs";

const METADATA = "sluice/wildcard-reason";

/**
 * Records why statements of a resource's policy need a wildcard, by `Sid` (of a managed policy: its name). The
 * reasons are not synthesized.
 */
export function explainWildcards(resource: IConstruct, reasons: Readonly<Record<string, string>>): void {
  resource.node.addMetadata(METADATA, reasons);
}

/** The recorded reasons of a resource. */
export function wildcardReasons(resource: IConstruct): Readonly<Record<string, string>> {
  const written = resource.node.metadata.filter(({ type }) => type === METADATA).map(({ data }) => data);
  return Object.assign({}, ...written);
}
