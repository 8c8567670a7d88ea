import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { StartedStack } from "../../test-support/started-stack.ts";
import { releaseAtExit, temporaryFolder } from "../children.ts";

export interface ControlStack {
  /** What the stack has printed. */
  readonly output: string;
  /** A request to `/v1/organization…` by an owner's admin key. @throws unless the response is a success */
  call(method: string, path: string, body?: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

/** No limit of the environment is reached: what is measured is the time of a request. */
const plan = { requestsPerSecond: 5000, burst: 5000, requestsPerMonth: null };
const api = {
  controlApi: true,
  requestsPerMinutePerIp: 100_000,
  throttle: { requestsPerSecond: 5000, burst: 5000 },
  usagePlans: { anonymous: plan, standard: plan },
};

/**
 * The local stack with the control API, and its owner.
 * @param folder of its state and data. @default - an own one, removed when this process ends
 */
export async function startControlStack(folder?: string): Promise<ControlStack> {
  const file = join(temporaryFolder("sluice-bench-"), "dev.ts");
  const dev = JSON.stringify(join(import.meta.dirname, "../../environments/dev.ts"));
  writeFileSync(
    file,
    `import dev from ${dev};\nexport default { ...dev, api: { ...dev.api, ...${JSON.stringify(api)} } };\n`,
  );
  const settings = folder === undefined ? {} : { SLUICE_FOLDER: folder };
  const stack = await StartedStack.startWith({ settings }, "--environment", file);
  releaseAtExit(() => stack.remove());
  const { output } = await stack.run("cli/sluice.ts", "admin-keys", "create", "--email", "bench@example.com");
  const [adminKey] = /sk-admin-\S+/.exec(output) ?? [];
  const [, apiUrl] = /API {3}(http:\S+)/.exec(stack.output) ?? [];
  if (adminKey === undefined || apiUrl === undefined) {
    await stack.stop();
    throw new Error(`There is no admin key or address:\n${output}`);
  }
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${apiUrl}/organization${path}`, {
      method,
      headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  };
  return { output: stack.output, call, stop: async () => void (await stack.stop()) };
}
