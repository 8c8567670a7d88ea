import type { TwinSettings } from "./settings.ts";

/** Any credentials do: the twin does not check them. */
export const LOCAL_CREDENTIALS = { accessKeyId: "local", secretAccessKey: "local" } as const;

/** Environment variables with which the AWS SDK of a process calls the twin. */
export function awsEnvironment({ awsUrl, region }: TwinSettings): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL: awsUrl,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
  };
}
