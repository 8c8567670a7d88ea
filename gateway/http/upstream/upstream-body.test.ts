import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { UpstreamBody } from "./upstream-body.ts";

const READ = Buffer.alloc(65_536, "a");

/** A socket with much to read: it goes on within the turn until it is paused, as libuv does. */
function bodyOfFullSocket(reads: number) {
  const state = { left: reads, isPaused: false, resumes: 0 };
  const body = new UpstreamBody({
    pause: () => {
      state.isPaused = true;
    },
    resume: () => {
      state.isPaused = false;
      state.resumes++;
      process.nextTick(readOn);
    },
    abort: () => {
      state.left = 0;
    },
  });
  function readOn(): void {
    if (state.isPaused || state.left === 0) return;
    state.left--;
    body.push(READ);
    if (state.left === 0) body.end();
    else process.nextTick(readOn);
  }
  return { body, state, readOn };
}

/**
 * A full socket whose bytes come each in a chunk of its own: 11,000 chunks of 6 bytes in one read, of which the parser stops
 * within the read when it is paused, as undici's does.
 */
function bodyOfTinyChunks(chunks: number) {
  const ONE = Buffer.from("a");
  const state = { left: chunks, isPaused: false };
  const body = new UpstreamBody({
    pause: () => {
      state.isPaused = true;
    },
    resume: () => {
      state.isPaused = false;
      readOn();
    },
    abort: () => {
      state.left = 0;
    },
  });
  function readOn(): void {
    for (let read = 0; read < 10_922 && !state.isPaused && state.left > 0; read++) {
      state.left--;
      body.push(ONE);
    }
    if (state.left === 0) body.end();
    else if (!state.isPaused) process.nextTick(readOn);
  }
  return { body, state, readOn };
}

/** @returns the most that was read in one turn of the event loop, until all of it was */
async function mostInTurn(left: () => number): Promise<number> {
  let most = 0;
  while (left() > 0) {
    const before = left();
    await nextTurn();
    most = Math.max(most, before - left());
  }
  return most;
}

describe("the body of an upstream's response", () => {
  test("gives its reader at most two reads of a full socket in one turn of the event loop, and all of them in the end", async () => {
    const { body, readOn } = bodyOfFullSocket(10);
    let bytes = 0;
    let isOver = false;
    body.read({
      onData: (chunk) => {
        bytes += chunk.length;
      },
      onEnd: () => {
        isOver = true;
      },
    });
    readOn();
    const ofTurns: number[] = [];
    while (!isOver) {
      const before = bytes;
      await nextTurn();
      ofTurns.push(bytes - before);
    }
    expect(Math.max(...ofTurns)).toBeLessThanOrEqual(2 * READ.length);
    expect(bytes).toBe(10 * READ.length);
  });

  test("reads at most 2,048 chunks of one byte in one turn of the event loop, and all of them in the end", async () => {
    const { body, state, readOn } = bodyOfTinyChunks(100_000);
    let bytes = 0;
    const over = new Promise<void>((resolve) => {
      body.read({
        onData: (chunk) => {
          bytes += chunk.length;
        },
        onEnd: () => resolve(),
      });
    });
    setImmediate(readOn);
    expect(await mostInTurn(() => state.left)).toBeLessThanOrEqual(2048);
    await over;
    expect(bytes).toBe(100_000);
  });

  test("reads as few of them for a look before there is a reader, and for the reader that follows", async () => {
    const { body, state, readOn } = bodyOfTinyChunks(100_000);
    let bytes = 0;
    const look = async () => {
      while (bytes < 50_000) bytes += (await body.next())?.length ?? 0;
    };
    const over = look().then(async () => {
      bytes += (await body.whole(1e6))?.length ?? 0;
    });
    setImmediate(readOn);
    expect(await mostInTurn(() => state.left)).toBeLessThanOrEqual(2048);
    await over;
    expect(bytes).toBe(100_000);
  });

  test("gives what came before an error to the reader, also where that waits for the next turn", async () => {
    const body = new UpstreamBody({ pause: () => {}, resume: () => {}, abort: () => {} });
    const seen: (number | string)[] = [];
    body.read({ onData: (chunk) => seen.push(chunk.length), onEnd: (error) => seen.push(String(error?.message)) });
    body.push(READ);
    await new Promise<void>((resolve) => process.nextTick(resolve));
    body.push(Buffer.from("last"));
    body.end(new Error("broken off"));
    expect(seen).toEqual([READ.length, 4, "broken off"]);
    await nextTurn();
    expect(seen).toHaveLength(3);
  });

  test("calls no reader that left while it waited for the next turn", async () => {
    const { body, readOn, state } = bodyOfFullSocket(10);
    let reads = 0;
    body.read({
      onData: () => {
        reads++;
        body.close();
      },
      onEnd: () => expect.unreachable(),
    });
    readOn();
    await nextTurn();
    await nextTurn();
    expect([reads, state.left, body.isClosed]).toEqual([1, 0, true]);
  });
});

/** Counts how often promises that are made with an executor are resolved. */
function countedResolves(): { count: number } {
  const resolves = { count: 0 };
  const Plain = Promise;
  const Counted = class<T> extends Promise<T> {
    static override get [Symbol.species]() {
      return Plain;
    }
    constructor(executor: ConstructorParameters<typeof Promise<T>>[0]) {
      super((resolve, reject) =>
        executor((value) => {
          resolves.count++;
          resolve(value);
        }, reject),
      );
    }
  };
  vi.stubGlobal("Promise", Counted);
  onTestFinished(() => void vi.unstubAllGlobals());
  return resolves;
}

test("who waits for the first bytes is woken once, whatever comes behind them", async () => {
  const body = new UpstreamBody({ pause: () => {}, resume: () => {}, abort: () => {} });
  const resolves = countedResolves();
  const first = body.first();
  vi.unstubAllGlobals();
  for (const text of ["one", "two", "three"]) body.push(Buffer.from(text));
  body.end();
  expect((await first)?.toString()).toBe("one");
  // V8 reports a promise that is resolved again to Node, which costs more than to hand on a chunk (docs/benchmarks.md).
  expect(resolves.count).toBe(1);
});
