import type { Socket } from "node:net";
import type { buildConnector } from "undici";
import { whileReading } from "../after-read.ts";

/**
 * Bytes of a socket that are parsed at once. After a head or trailer that is too long undici parses the rest of what it
 * was given, and makes an error for each name and value in it: 64 KiB of short headers take 90 ms, these take 11.
 */
const PIECE_BYTES = 8192;
/**
 * Line ends in a piece from which on it is the last one of its turn. Undici counts a header without its separators, so that
 * 16,000 empty ones are a head that it takes, and each takes it up to 10 us: 160 ms in one turn, 19 in turns.
 */
const LINES_OF_LAST_PIECE = 256;
const LINE_END = 10;

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
  /** Whether the rest of what came waits for the next turn. */
  let isWaiting = false;
  const goOn = () => {
    if (!isWaiting) return;
    isWaiting = false;
    if (!socket.destroyed || isReset(socket.errored)) socket.emit("readable");
  };
  // Before undici's own, which forgets what has not been read.
  socket.prependListener("error", goOn);
  const readPiece = (): Buffer | null => {
    if (isWaiting) return null;
    if (socket.readableLength <= PIECE_BYTES) return read();
    const piece: Buffer | null = read(PIECE_BYTES);
    if (piece !== null && hasManyLines(piece)) {
      isWaiting = true;
      setImmediate(goOn);
    }
    return piece;
  };
  const push = socket.push.bind(socket);
  /** What has just come, until undici takes it. */
  let arrived: Buffer | null = null;
  let isArriving = false;
  const hand = () => void socket.emit("readable");
  // Called by Node with what it has read. The stream would hold it, and tell its listener in a tick of its own.
  socket.push = (chunk: Buffer | null, encoding) => {
    const isForStream = chunk === null || chunk.length > PIECE_BYTES || socket.readableLength > 0 || isWaiting;
    if (isForStream || isArriving) return push(chunk, encoding);
    arrived = chunk;
    isArriving = true;
    try {
      whileReading(hand);
    } finally {
      isArriving = false;
    }
    const left = arrived;
    arrived = null;
    return left === null || push(left);
  };
  socket.read = (size) => {
    if (size !== undefined) return read(size);
    if (isArriving && socket.readableLength === 0) {
      const chunk = arrived;
      arrived = null;
      return chunk;
    }
    // What came before a peer's reset may be the end of a response; after an error of the parser nothing is.
    if (socket.destroyed) return isReset(socket.errored) ? read() : null;
    return readPiece();
  };
}

function hasManyLines(piece: Buffer): boolean {
  let lines = 0;
  for (let at = piece.indexOf(LINE_END); at >= 0; at = piece.indexOf(LINE_END, at + 1)) {
    lines++;
    if (lines > LINES_OF_LAST_PIECE) return true;
  }
  return false;
}

function isReset(error: Error | null): boolean {
  return error !== null && "code" in error && error.code === "ECONNRESET";
}
