/** Runs each part, and prints one line of JSON for it: its name and its result, or the error. */
export async function report(parts) {
  for (const [part, run] of Object.entries(parts)) {
    try {
      console.log(JSON.stringify({ part, result: await run() }));
    } catch (error) {
      console.log(JSON.stringify({ part, error: String(error?.stack ?? error) }));
    }
  }
}
