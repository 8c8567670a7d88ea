import { Pool } from "undici";

export interface ClosedLoad {
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly path: string;
  readonly body: unknown;
  /** Requests that are open at any time. */
  readonly open: number;
  readonly seconds: number;
}

/**
 * As much as the server can do: the next request is sent when one has its response.
 * @returns responses, and failures
 */
export async function closedLoop(load: ClosedLoad): Promise<{ readonly answered: number; readonly failed: number }> {
  const { origin, path, open, seconds } = load;
  const pool = new Pool(origin, { connections: open, pipelining: 1 });
  const headers = { "content-type": "application/json", ...load.headers };
  const body = JSON.stringify(load.body);
  const end = performance.now() + seconds * 1000;
  let answered = 0;
  let failed = 0;
  async function caller(): Promise<void> {
    while (performance.now() < end) {
      try {
        const response = await pool.request({ method: "POST", path, headers, body });
        await response.body.dump({ limit: 10_000_000 });
        if (response.statusCode === 200) answered++;
        else failed++;
      } catch {
        failed++;
      }
    }
  }
  await Promise.all(Array.from({ length: open }, caller));
  await pool.close();
  return { answered, failed };
}
