import { ACCOUNT, TESTBED_REGION } from "../tools/emulators.ts";

/** Settings of AWS SDK clients that call the AWS proxy. */
export interface ClientSettings {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly maxAttempts: number;
}

/** @param url address of the AWS proxy */
export function clientSettings(url: string): ClientSettings {
  return {
    endpoint: url,
    region: TESTBED_REGION,
    credentials: { accessKeyId: ACCOUNT, secretAccessKey: "proof" },
    maxAttempts: 1,
  };
}
