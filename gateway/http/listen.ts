import type { Server } from "node:http";

export interface ListenOptions {
  /** 0 for any free one. */
  readonly port: number;
  readonly host: string;
  /** Whether several threads may listen on the port; the kernel spreads connections over them. @default false */
  readonly reusePort?: boolean;
}

/** @returns the port @throws the listening error, e.g. EADDRINUSE */
export function listenOn(server: Server, options: ListenOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ ...options }, () => {
      server.off("error", reject);
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : options.port);
    });
  });
}
