import type { OutboundDialect, OutboundRequest } from "../../core/dialect.ts";
import { GatewayError, UnusableOutput } from "../../core/gateway-error.ts";
import { UpstreamFailure } from "../../core/upstream-failure.ts";
import type { WholeForm } from "../../outside-values/whole-forms.ts";
import { choiceFailed } from "../../relay/error-event.ts";

/** A whole response in OpenAI's form whose parts are those of its endpoint. */
export interface CheckedResponse {
  /** As the target sent them; `undefined` where the fields have to be written. */
  readonly bytes: Buffer | undefined;
  /** The object that the bytes are, or the translated one. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * A whole response in OpenAI's form, checked in its parts. What does not pass has failed: the next target is called, and
 * nothing is stored or paid, whether the upstream is a provider or an engine of ours.
 * @throws {UpstreamFailure}
 */
export function wholeResponse(
  dialect: OutboundDialect,
  bytes: Buffer,
  outbound: OutboundRequest,
  isWhole: WholeForm,
): CheckedResponse {
  const { bytes: decoded, fields } = decode(dialect, bytes, outbound);
  if (fields === undefined) throw new UpstreamFailure("malformed");
  checkFields(fields, outbound.generation.fields, isWhole);
  return { bytes: decoded, fields };
}

function decode(dialect: OutboundDialect, bytes: Buffer, outbound: OutboundRequest) {
  try {
    return dialect.decodeWhole(bytes, outbound);
  } catch (error) {
    if (error instanceof UnusableOutput) throw UpstreamFailure.unusableOutput();
    throw error instanceof GatewayError ? new UpstreamFailure("malformed") : error;
  }
}

/**
 * Whether the fields of a whole response have the form that its endpoint expects.
 * @param requested the fields of the request
 * @throws {UpstreamFailure}
 */
export function checkFields(
  fields: CheckedResponse["fields"],
  requested: Readonly<Record<string, unknown>>,
  isWhole: WholeForm,
): void {
  const { error = null, choices } = fields;
  // Some providers send an error with a 200, beside an empty list of choices or in one of them.
  if (error !== null) throw new UpstreamFailure("failed");
  if (Array.isArray(choices) && choices.some(choiceFailed)) throw UpstreamFailure.unusableOutput("failed");
  if (!isWhole(fields, requested)) throw new UpstreamFailure("malformed");
}
