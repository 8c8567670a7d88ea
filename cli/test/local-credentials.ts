import { afterEach, beforeEach, vi } from "vitest";

/** For the tests of a file: the AWS SDK's own credentials are those that servers of this machine take. */
export function stubLocalCredentials(): void {
  beforeEach(() => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });
}
