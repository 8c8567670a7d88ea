import { UserError } from "./user-error.ts";

/** @throws {UserError} where the value of an option is no http(s) address */
export function checkHttpAddress(option: string, address: string): void {
  if (!/^https?:$/.test(URL.parse(address)?.protocol ?? ""))
    throw new UserError(`${option} must be an http(s) address, got ${address}; write it as https://api.example.com.`);
}
