import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * Below the ports that systems choose for outgoing connections and for servers on port 0 (Linux: from 32768, by
 * `net.ipv4.ip_local_port_range`; macOS and IANA: from 49152): none of those takes a port between its choice and the
 * start of the process that it is for.
 */
const FIRST = 16_384;
const END = 32_768;
const ATTEMPTS = 100;

/**
 * A port of 127.0.0.1 that was free a moment ago, for a process that is started with its port. Chosen at random, so that
 * two processes that look for one at the same time hardly ever find the same.
 * @throws when the machine has none left
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(FIRST, END);
    if (await isFree(port)) return port;
  }
  throw new Error(
    `None of ${ATTEMPTS} ports of 127.0.0.1 from ${FIRST} to ${END - 1} is free; close programs that hold ports.`,
  );
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
