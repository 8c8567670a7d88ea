import { startFakeEngine } from "../../test-support/fake-engine.ts";

/** A fake engine whose streams and responses take some time; prints where it listens. */
const { origin } = await startFakeEngine({ tokens: 5, intervalMs: 10, firstByteMs: 20 });
console.log(origin);
