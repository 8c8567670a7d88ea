import { type Deprecation, deprecationHeaders } from "../../contracts/deprecations.ts";
import type { Exchange } from "../exchange.ts";

/**
 * Says in the answer's headers, whatever the answer will be, what of this request is deprecated: the path, or fields
 * that it has.
 */
export function announceDeprecations(
  exchange: Exchange,
  table: readonly Deprecation[],
  fields: Readonly<Record<string, unknown>> = {},
): void {
  const used = table.filter(
    ({ path, field }) =>
      path === exchange.route && (field === undefined || (Object.hasOwn(fields, field) && fields[field] != null)),
  );
  Object.assign(exchange.headers, deprecationHeaders(used));
}
