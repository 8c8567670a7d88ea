import { valueText } from "../../../lib/shortened.ts";
import { GatewayError } from "../../core/gateway-error.ts";

/** A 400 that names one field: what is wrong with it and what to do. */
export function refuse(param: string, message: string): GatewayError {
  return new GatewayError("invalid_request", { param, message, details: [{ param, message }] });
}

/** A 400 for a field that a dialect has no words for. */
export function unsupportedField(param: string, dialect: string, remedy: string): GatewayError {
  return refuse(param, `\`${param}\` is not supported by ${dialect}; ${remedy}.`);
}

/** A name or id that a client chose, shortened. */
export function shownName(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
}

/** The value of a field that holds no content: a number, or a word in a form that such values have. */
export function shownValue(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  return typeof value === "string" && kindOf(value) === ANOTHER ? "another string" : valueText(value);
}

/** In place of a type that is too long or too odd to be repeated. */
const ANOTHER = "another value";

/** A type that a client wrote, where it is short and plain enough to be repeated. @param other in place of another one */
export function kindOf(type: unknown, other: string = ANOTHER): string {
  return typeof type === "string" && /^[\w.-]{1,40}$/.test(type) ? `"${type}"` : other;
}
