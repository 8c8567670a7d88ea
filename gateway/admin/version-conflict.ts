import type { TargetChange } from "../../contracts/targets/target-changes.ts";
import { GatewayError } from "../core/gateway-error.ts";

/** The refusal of a change of another version, with the item as it is now. @param now `undefined` where nothing is changed */
export function versionConflict(now: TargetChange | undefined): GatewayError {
  if (now === undefined)
    return new GatewayError("version_conflict", {
      message: 'Nothing is changed here now: it is of version 0. Send the change with `If-Match: "0"`.',
      headers: { etag: '"0"' },
    });
  const { version, updatedAt, updatedBy, updatedByOwner } = now;
  const by = `${updatedByOwner === undefined ? "" : `${updatedByOwner} with `}the key ${updatedBy}`;
  return new GatewayError("version_conflict", {
    message:
      `It is of version ${version} now, by ${by} at ${updatedAt}${stateOf(now)}. ` +
      `Read it again, and send the change with \`If-Match: "${version}"\`.`,
    headers: { etag: `"${version}"` },
  });
}

/** An override is short enough to be in a sentence. */
function stateOf(change: TargetChange): string {
  if (change.kind !== "override") return "";
  const { force, drain } = change.settings;
  return `, with ${JSON.stringify({ force, drain })}`;
}
