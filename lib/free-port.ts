import { createServer } from "node:net";

/**
 * A port of 127.0.0.1 that was free a moment ago, for a process that is started with its port.
 * @throws when the machine has none left
 */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await new Promise((resolve, reject) => server.once("listening", resolve).once("error", reject));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string")
    throw new Error(`A server on 127.0.0.1 must have a port, got ${address}; close programs that hold ports.`);
  return address.port;
}
