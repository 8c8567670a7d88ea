import type { Socket } from "node:net";
import type { buildConnector } from "undici";

/**
 * Bytes of a socket that are parsed at once. After a head or trailer that is too long undici parses the rest of what it
 * was given, and makes an error for each name and value in it: 64 KiB of short headers take 90 ms, these take 11.
 */
const PIECE_BYTES = 8192;

/** Makes connections whose bytes are parsed in pieces, none of them after the connection was given up. */
export function connectorInPieces(connect: buildConnector.connector): buildConnector.connector {
  return (target, done) =>
    connect(target, (...result) => {
      const [error, socket] = result;
      if (error === null && socket) readInPieces(socket);
      done(...result);
    });
}

function readInPieces(socket: Socket): void {
  const read = socket.read.bind(socket);
  socket.read = (size) => {
    if (size !== undefined) return read(size);
    // What came before a peer's reset may be the end of a response; after an error of the parser nothing is.
    if (socket.destroyed && !isReset(socket.errored)) return null;
    return socket.destroyed || socket.readableLength <= PIECE_BYTES ? read() : read(PIECE_BYTES);
  };
}

function isReset(error: Error | null): boolean {
  return error !== null && "code" in error && error.code === "ECONNRESET";
}
