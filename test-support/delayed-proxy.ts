import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface DelayedProxy {
  readonly port: number;
  /** From now on bytes wait for so long, in each direction. */
  delay(milliseconds: number): void;
  stop(): Promise<void>;
}

/** Passes connections on to a port of this machine, and their bytes after a delay, in order. */
export async function startDelayedProxy(port: number): Promise<DelayedProxy> {
  let delayMs = 0;
  const sockets = new Set<Socket>();
  const pass = (from: Socket, to: Socket) => {
    sockets.add(from);
    const later = (step: () => void) => {
      if (delayMs === 0) return step();
      setTimeout(step, delayMs).unref();
    };
    from.on("data", (bytes) => later(() => void (to.writable && to.write(bytes))));
    from.on("error", () => to.destroy());
    from.on("close", () => {
      sockets.delete(from);
      later(() => to.destroy());
    });
  };
  const server = createServer((client) => {
    const upstream = connect(port, "127.0.0.1");
    pass(client, upstream);
    pass(upstream, client);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    delay: (milliseconds) => {
      delayMs = milliseconds;
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
